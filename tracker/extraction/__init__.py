"""Reading: what one item says about one contest. Deterministic, explainable, versioned; opens nothing.

reader = Reader(contest)          # compiles the names; kept for many items
reading = reader.read(item)
extractor(contest)                # which version of the reader that is
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracker.claims import Reading
from tracker.contests import Contest
from tracker.extraction.version import extractor
from tracker.items import Item

if TYPE_CHECKING:
    from tracker.extraction.reader import Reader

__all__ = ["Reader", "extract", "extractor"]


def __getattr__(name: str) -> Any:
    """The reader is loaded when it is asked for: who only asks for its version need not wait."""
    if name == "Reader":
        from tracker.extraction.reader import Reader

        return Reader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=16)
def _reader(contest: Contest) -> Reader:
    from tracker.extraction.reader import Reader

    return Reader(contest)


def extract(item: Item, contest: Contest) -> Reading:
    """Everything the item says about the contest, in text order.

    Empty when it names no candidate. Offices resolve as of `item.published_at`: "the Dutch prime
    minister" is whoever was that day. Raises nothing; words that no rule covers yield no claim.
    """
    return _reader(contest).read(item)
