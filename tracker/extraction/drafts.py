"""A draft: a claim as one sentence makes it, before the item's other sentences have their say."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.extraction.attribution import Source
from tracker.items import Field
from tracker.stances import Certainty, ClaimTime, Stance, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One claim of one sentence.

    order      place in the item, for "later in the text"
    lede       in the title or the first sentence of the text: takes the source told further down
    cited      a source is cited for it in its own sentence
    excepted   the elector is left out of what all others are said to do ("all but Hungary")
    aside      told in a relative clause between commas
    """

    elector: str
    candidate: str
    stance: Stance
    certainty: Certainty
    time: ClaimTime
    voice: Voice
    source: Source | None
    field: Field
    start: int
    end: int
    sentence: tuple[int, int]
    rule: str
    confidence: float
    order: tuple[int, int]
    lede: bool = False
    cited: bool = False
    aside: bool = False
    silence: bool = False
    condition: str = ""
    via: str | None = None
    excepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A cue that gave no claim, and why."""

    cue: str
    reason: str
    field: Field
    start: int
    end: int
    sentence: tuple[int, int]
    elector: str | None = None
    candidate: str | None = None
