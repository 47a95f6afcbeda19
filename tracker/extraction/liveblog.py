"""Live blogs: entries under clock times, the newest on top or at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tracker.extraction.drafts import Draft
from tracker.extraction.sentences import Sentence
from tracker.items import FIELDS

_STAMP = re.compile(r"\b([01]?\d|2[0-3])[:.h]([0-5]\d)\b")
_REACH = 20
"""Characters of a paragraph within which its clock time stands ("Tue 11:52", "18.40 -")."""

Place = tuple[int, int]


def in_order(drafts: Sequence[Draft], sentences: Sequence[Sentence]) -> list[Draft]:
    """The drafts in the order of what they tell: of a blog with its newest entry on top, from below up."""
    places = {s.number: (FIELDS.index(s.field), s.paragraph) for s in sentences if not s.title}
    if not _latest_first(sentences, places):
        return list(drafts)
    top = (-1, 0)

    def key(draft: Draft) -> tuple[bool, int, int, tuple[int, int]]:
        field, paragraph = places.get(draft.order[0], top)
        return (field >= 0, -field, -paragraph, draft.order)

    return sorted(drafts, key=key)


def _latest_first(sentences: Sequence[Sentence], places: dict[int, Place]) -> bool:
    """The clock times that open its paragraphs run backwards more often than on."""
    times: dict[Place, tuple[int, int]] = {}
    for s in sentences:
        place = places.get(s.number)
        if place is None or place in times:
            continue
        start = s.units[0].start
        if found := _STAMP.search(s.text.shown[start : start + _REACH]):
            times[place] = (int(found[1]), int(found[2]))
    steps = [later < earlier for earlier, later in pairwise(times.values())]
    return sum(steps) > len(steps) - sum(steps)
