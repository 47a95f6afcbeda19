"""The documents keep up with the program."""

from __future__ import annotations

from pathlib import Path

from tracker.log.codec import kinds

ROOT = Path(__file__).parent.parent


def test_every_kind_of_event_is_in_the_decisions() -> None:
    page = (ROOT / "docs" / "design.md").read_text("utf-8")
    assert [kind for kind in kinds() if f"`{kind}`" not in page] == []


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = (ROOT / "README.md").read_text("utf-8")[:700]
    assert "make run" in opening and "make test" in opening


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    listed = (ROOT / "pyproject.toml").read_text("utf-8").split("dependencies = [", 1)[1].split("]", 1)[0]
    names = [line.split('"')[1].split(">")[0] for line in listed.splitlines() if '"' in line]
    assert names and [name for name in names if name not in page] == []
