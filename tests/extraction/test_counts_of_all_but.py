""" "All but Hungary and Romania": a count that names who is missing, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.claims import Count
from tracker.configuration.contest_file import read_contest
from tracker.extraction import Reader
from tracker.items import Item, ItemId

CONTEST = read_contest(Path(__file__).parent.parent.parent / "config" / "contests" / "nato-sg-2024.toml")


def counts(body: str, *, lang: str = "en", title: str = "", on: str = "2024-06-17") -> tuple[Count, ...]:
    item = Item(
        id=ItemId("i"), source="X", url="", title=title, summary="", body=body, lang=lang,
        published_at=datetime.fromisoformat(on).replace(hour=10, tzinfo=UTC),
    )  # fmt: skip
    return Reader(CONTEST).read(item).counts


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        (
            "en",
            "All NATO allies except Hungary and Romania now support Mark Rutte to become secretary general.",
        ),
        ("en", "All allies but Hungary and Romania back Rutte for NATO secretary general."),
        (
            "de",
            "Alle Verbündeten außer Ungarn und Rumänien unterstützen Mark Rutte als Nato-Generalsekretär.",
        ),
    ],
)
def test_all_but_two_of_32_are_30(lang: str, body: str) -> None:
    (found,) = counts(body, lang=lang)
    assert (found.candidate, found.low, found.high, found.of) == ("mark-rutte", 30, 30, 32)
    assert (set(found.holdouts), found.approximate, found.rule) == ({"hu", "ro"}, False, "count.all_but")


def test_it_is_of_those_who_were_members_that_day() -> None:
    # Sweden joined on 7 March 2024.
    (found,) = counts("All allies but Hungary back Mark Rutte for NATO secretary general.", on="2024-03-01")
    assert (found.low, found.of) == (30, 31)


@pytest.mark.parametrize(
    "body",
    [
        "All Baltic states but Latvia back Mark Rutte for NATO secretary general.",
        "All of the countries in the EU except Hungary support Mark Rutte to lead NATO.",
        "All allies but Hungary backed the plan. Rutte wants to be NATO secretary general.",
        "Hungary and Romania do not back Mark Rutte for NATO secretary general.",
        "France, Germany and all others but Hungary back Mark Rutte for NATO secretary general.",
        "Could all allies but Hungary back Mark Rutte for NATO secretary general?",
    ],
)
def test_what_is_not_said_of_all_electors_is_no_count(body: str) -> None:
    assert counts(body) == ()


def test_of_two_counts_of_one_number_the_one_that_names_who_is_missing_is_kept() -> None:
    (found,) = counts(
        "Rutte now has the backing of 28 of the 32 allies for the NATO secretary general post, with only "
        "Hungary, Slovakia, Romania and Turkey holding out.",
        title="Rutte has 28 of 32",
    )
    assert (found.low, found.of, set(found.holdouts)) == (28, 32, {"hu", "sk", "ro", "tr"})
