"""Texts written to stop or blind a reader: it ends, its work grows with the text and no faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from extraction_cases import item, reader

from tracker.extraction.text import LONGEST
from tracker.testing import hostile_texts


def texts(size: int) -> dict[str, str]:
    return hostile_texts(size, "Mark Rutte", ("Spain", "Hungary", "Slovakia", "Romania"))


KINDS = sorted(texts(10))
SIZE = 6_000


def calls(work: Callable[[], object]) -> int:
    """How many functions are called: work that no other process makes slower."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_is_about_twice_the_work(kind: str) -> None:
    once, twice = (item("NATO", "", texts(size)[kind]) for size in (SIZE, 2 * SIZE))
    reader().read(twice)
    assert calls(lambda: reader().read(twice)) < 2.5 * calls(lambda: reader().read(once)) + 2_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_megabyte_is_no_more_work_than_the_longest_text_that_is_read(kind: str) -> None:
    longest, huge = (texts(size)[kind] for size in (8 * LONGEST, 1_000_000))
    known = reader().read(item("NATO", "", longest))
    assert reader().read(item("NATO", "", huge)).claims == known.claims


@pytest.mark.parametrize(
    "text",
    [
        "\u200fHungary\u200f \u202aopposes\u202c \u2067Mark Rutte\u2069 for NATO chief.",
        "Hun\u200bgary op\u00adposes Mark\ufeff Rut\u200dte for NATO chief.",
    ],
)
def test_marks_that_nobody_sees_hide_no_claim(text: str) -> None:
    (claim,) = reader().read(item("", "", text)).claims
    assert (claim.elector, claim.candidate, claim.stance) == ("hu", "mark-rutte", "opposes")
