"""Stance, certainty and time: the three scales every claim, event and standing is told on.

The values are the labels of the labelling rules (see `docs/extraction.md`) and are stored as
written; renaming one would change the log's format.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

ContestId = NewType("ContestId", str)
ElectorId = NewType("ElectorId", str)
CandidateId = NewType("CandidateId", str)


class Stance(StrEnum):
    """What an elector holds of a candidate getting the post. "Unknown" is the absence of a stance: `None`."""

    SUPPORTS = "supports"
    LEANS_SUPPORT = "leans_support"
    UNDECIDED = "undecided"
    LEANS_OPPOSE = "leans_oppose"
    OPPOSES = "opposes"

    # Attributes of each member, not properties: a replay asks for them several times an event.
    polarity: int
    """+1 for, 0 neither, -1 against."""

    @property
    def leans(self) -> bool:
        """True for the two leans: a direction without a commitment."""
        return self in (Stance.LEANS_SUPPORT, Stance.LEANS_OPPOSE)


Stance.SUPPORTS.polarity = Stance.LEANS_SUPPORT.polarity = 1
Stance.UNDECIDED.polarity = 0
Stance.LEANS_OPPOSE.polarity = Stance.OPPOSES.polarity = -1


class Certainty(StrEnum):
    """How firm the source of a stance is; `rank` 0 is the firmest.

    `RECORDED` is the elector's vote in a recorded ballot; no text is read so.
    """

    RECORDED = "recorded"
    OFFICIAL = "official"
    REPORTED = "reported"
    ANONYMOUS = "anonymous"
    SPECULATION = "speculation"

    rank: int


for _rank, _certainty in enumerate(Certainty):
    _certainty.rank = _rank

# What a source can be: everything but a ballot.
TOLD = tuple(certainty for certainty in Certainty if certainty is not Certainty.RECORDED)


class ClaimTime(StrEnum):
    """When a claim's stance holds, seen from the item's publication."""

    NOW = "now"
    HISTORICAL = "historical"
    FUTURE = "future"
    CONDITIONAL = "conditional"


class Voice(StrEnum):
    """Whose word a claim rests on, seen from the elector it is about.

    ELECTOR          its own authorised voice, named or by office
    ELECTOR_UNNAMED  an unnamed official of that very elector
    OUTLET           the narrator, or a named outlet
    THIRD_PARTY      a named other: another elector's minister, a candidate, the incumbent
    UNNAMED          other unnamed voices: "diplomats", "sources"
    """

    ELECTOR = "elector"
    ELECTOR_UNNAMED = "elector_unnamed"
    OUTLET = "outlet"
    THIRD_PARTY = "third_party"
    UNNAMED = "unnamed"


class Precision(StrEnum):
    """How finely a date is known."""

    INSTANT = "instant"
    DAY = "day"
    APPROXIMATE = "approximate"
    MONTH = "month"
