"""Datasette opens a database ready to use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.events import ContestDeclared
from tracker.stances import Stance
from tracker.store import Store
from tracker.store.datasette import QUESTIONS, document
from tracker.testing import MARCH, race, told

FILE = Path(__file__).parent.parent.parent / "config" / "datasette.yaml"
Raw = Callable[..., list[tuple[object, ...]]]


def test_the_shipped_file_is_the_one_made_from_the_descriptions() -> None:
    if os.environ.get("TRACKER_REWRITE_DOCS"):
        FILE.write_text(document(), "utf-8")
    assert FILE.read_text("utf-8") == document()


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("who_stood_where", {"contest": "chair-2024", "day": "2024-03-02"},
         [("aa", "first-one", "supports")]),
        ("holdouts", {"contest": "chair-2024", "candidate": "first-one"},
         [("aa", "AA", "opposes"), ("bb", "BB", "unknown"), ("cc", "CC", "unknown"),
          ("dd", "DD", "unknown")]),
        ("what_was_said", {"words": "aland"}, [("2024-03-05T12:00:00.000000Z", "chair-2024", "aa"),
                                               ("2024-03-02T12:00:00.000000Z", "chair-2024", "aa")]),
        ("changes", {}, [("2024-03-05T12:00:00.000000Z", "chair-2024", "aa"),
                         ("2024-03-02T12:00:00.000000Z", "chair-2024", "aa")]),
        ("support", {}, [("chair-2024", "first-one", 0)]),
    ],
)  # fmt: skip
def test_each_ready_made_question_is_answered(
    store: Store, name: str, parameters: dict[str, str], expected: list[tuple[object, ...]]
) -> None:
    declared = ContestDeclared(contest=race().id, occurred_at=MARCH, producer="tests", roster=race())
    store.log.append([declared, told(Stance.SUPPORTS, day=2), told(Stance.OPPOSES, day=5)], MARCH)
    rows = store._database.rows(QUESTIONS[name][1], parameters)  # type: ignore[arg-type]
    assert [row[:3] for row in rows] == expected
    assert expected
