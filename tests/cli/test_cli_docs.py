"""docs/cli.md: every verb and exit code is there, and every command it (and the README) shows runs.

`TRACKER_REWRITE_DOCS=1 pytest tests/cli/test_cli_docs.py` puts the present output under the commands.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.cli.exits import MEANINGS
from tracker.cli.tables import cut
from tracker.cli.verbs import VERBS

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "cli.md"
PAGES = (ROOT / "README.md", PAGE)
WIDE = 118
BLOCK = re.compile(r"```console(?: lines=(\d+))?\n(.*?)```", re.DOTALL)


def test_every_verb_has_its_place_on_the_page() -> None:
    headings = re.findall(r"^### `tracker ([a-z]+)`$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert headings == list(VERBS)


def test_every_exit_code_is_on_the_page_with_its_meaning() -> None:
    page = PAGE.read_text("utf-8")
    for code, words in MEANINGS.items():
        assert f"{code.value}  {words}" in page


Shown = dict[tuple[Path, str], str]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Every command with what it prints, as a reader gets it who runs a page's commands in order: a new
    database for each page, the shipped configuration, exit code 0 each time."""
    found: Shown = {}
    for page in PAGES:
        folder = tmp_path_factory.mktemp("docs")
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
            "TRACKER_DB": str(folder / "tracker.db"),
        }
        for line in commands(page):
            command, _, head = line[2:].partition(" | head -")
            words = shlex.split(command)
            assert words[0] == "tracker"
            ran = subprocess.run(
                [sys.executable, "-m", *words], cwd=ROOT, env=env, capture_output=True, text=True,
                timeout=120, check=False,
            )  # fmt: skip
            assert ran.returncode == 0, f"{command}\n{ran.stderr}"
            # As the page names it, whatever the machine calls the folder.
            text = ran.stdout.replace(f"{folder}{os.sep}", "")
            found[page, line] = "".join(text.splitlines(keepends=True)[: int(head) if head else None])
    if os.environ.get("TRACKER_REWRITE_DOCS"):
        for page in PAGES:
            shown = {line: text for (of, line), text in found.items() if of == page}
            page.write_text(
                BLOCK.sub(lambda match, shown=shown: rewritten(match, shown), page.read_text("utf-8")),
                "utf-8",
            )
    return found


def blocks(page: Path) -> list[str]:
    return [block for _, block in BLOCK.findall(page.read_text("utf-8"))]


def commands(page: Path) -> list[str]:
    """The lines with a command, in order; each once, so that it has one output on the page."""
    found = [line for block in blocks(page) for line in block.splitlines() if line.startswith("$ ")]
    assert len(found) > 5
    assert len(set(found)) == len(found)
    return found


def rewritten(match: re.Match[str], found: dict[str, str]) -> str:
    limit = int(match[1]) if match[1] else None
    parts = []
    for line in match[2].splitlines():
        if line.startswith("$ "):
            lines = found[line].splitlines()
            shown = lines if limit is None or len(lines) <= limit + 1 else [*lines[:limit], "..."]
            parts.append("\n".join([line, *(cut(text, WIDE).rstrip() for text in shown)]))
    opening = "```console" + (f" lines={limit}" if limit else "")
    return opening + "\n" + "\n\n".join(parts) + "\n```"


def test_tables_on_the_page_have_the_titles_that_are_printed(outputs: Shown) -> None:
    """Values may move with the reader; what a reader of the page learns to look for may not."""
    compared = 0
    for page in PAGES:
        for block in blocks(page):
            for shown in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
                command, _, text = shown.partition("\n")
                expected, found = titles(text), titles(outputs.get((page, command), ""))
                if expected and found:
                    assert found == expected, command
                    compared += 1
    assert compared > 6


def titles(text: str) -> list[str]:
    """The words of the first line that is all capitals: a table's titles."""
    lines = (line for line in text.splitlines() if re.fullmatch(r"[A-Z][A-Z ,]*[A-Z]", line.strip()))
    return next(lines, "").split()
