"""The log of the service, as a process writes it."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import sys
from tracker.service import logs
if "configure" in sys.argv:
    logs.configure(verbose="verbose" in sys.argv)
log = logs.logger("tracker.service.test")
import logging
logging.getLogger("httpx").info("HTTP Request: POST https://hooks.example/s3cret")
log.debug("small step", feed="gazette")
log.info("feed read", feed="gazette", new=3)
log.warning("feed failed", error="Zürich\\nsecond line")
try:
    secret = "s3cret"
    1 / 0
except ZeroDivisionError:
    log.exception("item unreadable", item="i1")
"""


def written(*arguments: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout, done.stderr


def test_off_a_terminal_every_line_is_json_with_its_fields() -> None:
    out, err = written("configure")
    assert out == ""
    lines = [json.loads(line) for line in err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("feed read", "info"), ("feed failed", "warning"), ("item unreadable", "error"),
    ]  # fmt: skip
    assert (lines[0]["feed"], lines[0]["new"]) == ("gazette", 3)
    assert lines[0]["timestamp"].endswith("Z")
    assert lines[1]["error"] == "Zürich\nsecond line"
    assert "ZeroDivisionError" in lines[2]["exception"]


def test_small_steps_are_told_when_asked() -> None:
    _, err = written("configure", "verbose")
    assert "small step" in err


def test_other_libraries_do_not_tell_addresses_and_tracebacks_no_values() -> None:
    for arguments in (("configure",), ("configure", "verbose"), ()):
        out, err = written(*arguments)
        assert "hooks.example" not in out + err
        assert "s3cret" not in out + err


def test_a_verb_that_never_set_it_up_writes_warnings_to_stderr_and_nothing_to_stdout() -> None:
    out, err = written()
    assert out == ""
    assert "feed failed" in err
    assert "feed read" not in err
