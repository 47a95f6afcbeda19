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


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every command on the page with what it prints, run in order on one database, with exit code 0."""
    folder = tmp_path_factory.mktemp("docs")
    # As the page names it, whatever the machine calls the folder.
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
        "TRACKER_DB": str(folder / "tracker.db"),
        "TRACKER_CONTEST": "nato-sg-2024",
    }
    found = {}
    for _, block in blocks():
        for line in block.splitlines():
            if line.startswith("$ "):
                command, _, head = line[2:].partition(" | head -")
                words = shlex.split(command)
                assert words[0] == "tracker"
                ran = subprocess.run(
                    [sys.executable, "-m", *words], cwd=ROOT, env=env, capture_output=True, text=True,
                    timeout=120, check=False,
                )  # fmt: skip
                assert ran.returncode == 0, f"{command}\n{ran.stderr}"
                text = ran.stdout.replace(f"{folder}{os.sep}", "")
                found[line] = "".join(text.splitlines(keepends=True)[: int(head) if head else None])
    assert len(found) > 12
    if os.environ.get("TRACKER_REWRITE_DOCS"):
        for page in PAGES:
            page.write_text(
                BLOCK.sub(lambda match: rewritten(match, found), page.read_text("utf-8")), "utf-8"
            )
    return found


def blocks() -> list[tuple[str, str]]:
    return [block for page in PAGES for block in BLOCK.findall(page.read_text("utf-8"))]


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


def test_tables_on_the_page_have_the_titles_that_are_printed(outputs: dict[str, str]) -> None:
    """Values may move with the reader; what a reader of the page learns to look for may not."""
    compared = 0
    for _, block in blocks():
        for shown in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
            command, _, text = shown.partition("\n")
            expected, found = titles(text), titles(outputs.get(command, ""))
            if expected and found:
                assert found == expected, command
                compared += 1
    assert compared > 6


def titles(text: str) -> list[str]:
    """The words of the first line that is all capitals: a table's titles."""
    lines = (line for line in text.splitlines() if re.fullmatch(r"[A-Z][A-Z ,]*[A-Z]", line.strip()))
    return next(lines, "").split()
