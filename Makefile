# tracker: the two commands are `make run` and `make test`. Each target sets up what it needs;
# a second call is fast. Needs Python 3.11+ (PYTHON=python3.12 chooses one) and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DB     ?= tracker.db
SEEDS  := seeds/nato-sg-2024/feeds

.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench browser clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.run $(DB)  ## replay the 2024 NATO race into tracker.db, show it, then poll live feeds and serve the page
	@$(BIN)/tracker --db $(DB) status --contest nato-sg-2024
	@echo
	@echo "Starting the daemon: page at http://127.0.0.1:8787/ , Ctrl-C stops it."
	@$(BIN)/tracker --db $(DB) run

demo: $(VENV)/.run  ## the race again, step by step, in a database of its own
	@sh docs/demo.sh $(BIN)/tracker $(SEEDS)

# Built beside its place and moved there whole: an interrupted replay leaves nothing half done.
$(DB): | $(VENV)/.run
	@rm -f $(DB).replay $(DB).replay-wal $(DB).replay-shm $(DB).replay.lock
	@echo "Replaying the race for the post of NATO Secretary General, November 2023 to June 2024 ..."
	@$(BIN)/tracker --db $(DB).replay ingest --replay $(SEEDS)
	@rm -f $(DB).replay.lock && mv $(DB).replay $(DB)

test: $(VENV)/.dev browser  ## every test (Chromium is installed from the system's packages when it can be)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q

lint: $(VENV)/.dev  ## style and types
	@$(BIN)/ruff check tracker tests bench
	@$(BIN)/ruff format --check tracker tests bench
	@$(BIN)/mypy

bench: $(VENV)/.dev  ## measured figures, as ratios beside peers in one run
	@$(BIN)/python -m bench

browser:
	@sh tests/browser.sh

$(VENV)/.run: pyproject.toml constraints.txt
	@sh .ci/venv $(PYTHON) $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	@sh .ci/venv $(PYTHON) $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@touch $@ $(VENV)/.run

clean:  ## remove what was built; databases stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/artefacts
