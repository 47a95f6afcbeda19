"""Edited items: what a new text of a known item adds to what the item said before, and from when.

Outlets change their pages: a typing error, another headline, a live blog's next entry. What the item has
already said is not said again, and a claim that is new in the text is not older than the text.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.claims import Candidacy, Claim, Count, Reading
from tracker.events import CandidacyReported, Event, StanceReported, SupportCounted
from tracker.items import Item

# Within two days a changed page is news (live blogs, updates of one story); later on it is upkeep of an
# old page, whose claims are as old as the page.
NEWS_FOR = timedelta(hours=48)


def unsaid(reading: Reading, earlier: Iterable[Event]) -> Reading:
    """The reading without what events of earlier editions of the item say already, in whatever words."""
    said = {key for event in earlier if (key := _key(event)) is not None}
    return replace(
        reading,
        claims=tuple(claim for claim in reading.claims if _key(claim) not in said),
        counts=tuple(count for count in reading.counts if _key(count) not in said),
        candidacies=tuple(step for step in reading.candidacies if _key(step) not in said),
    )


def dated(item: Item, first: Item, *, edition: int, now: datetime) -> Item:
    """The item as its new edition is to be weighed: later than its earlier editions.

    first    the item as first kept
    edition  the number of the new text, from 2
    now      UTC; when the new text was seen, which is its date while the page is news. After that it
             keeps its date of publication, moved on by microseconds so that the last edition has the
             last word among its own.
    """
    at = max(item.published_at, first.published_at + timedelta(microseconds=edition - 1))
    if timedelta() < now - first.published_at <= NEWS_FOR:
        at = max(at, now)
    return replace(item, published_at=at, date_given=item.date_given and at == item.published_at)


def _key(said: Event | Claim | Count | Candidacy) -> Hashable | None:
    """What is said, without its words, place, date and reader; `None` for what no item says."""
    match said:
        case StanceReported() | Claim():
            return (
                said.elector, said.candidate, said.stance, said.certainty, said.time, said.voice,
                said.silence, said.condition, said.via,
            )  # fmt: skip
        case SupportCounted() | Count():
            return (
                said.candidate, said.low, said.high, said.of, said.approximate, said.beside,
                said.holdouts, said.certainty,
            )  # fmt: skip
        case CandidacyReported() | Candidacy():
            return (said.candidate, said.step, said.by, said.certainty, said.time)
    return None
