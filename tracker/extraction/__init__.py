"""Reading: what one item says about one contest. Deterministic, explainable, versioned; opens nothing.

reader = Reader(contest)          # compiles the names; kept for many items
reading = reader.read(item)
"""

from __future__ import annotations

from functools import lru_cache

from tracker.claims import Reading
from tracker.contests import Contest
from tracker.extraction.reader import EXTRACTOR, Reader
from tracker.items import Item

__all__ = ["EXTRACTOR", "Reader", "extract"]


@lru_cache(maxsize=16)
def _reader(contest: Contest) -> Reader:
    return Reader(contest)


def extract(item: Item, contest: Contest) -> Reading:
    """Everything the item says about the contest, in text order.

    Empty when it names no candidate. Offices resolve as of `item.published_at`: "the Dutch prime
    minister" is whoever was that day. Raises nothing; words that no rule covers yield no claim.
    """
    return _reader(contest).read(item)
