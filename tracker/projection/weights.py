"""Weights: how much a report can move a standing, by whose word it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from tracker.events import StanceReported
from tracker.stances import Certainty, ClaimTime, Voice


class Weight(StrEnum):
    """What a report weighs, firmest first."""

    OWN_WORD = "own word"
    REPORT = "report"
    OWN_UNNAMED = "unnamed official of its own"
    OTHERS = "others' word"
    SILENCE = "silence"
    BESIDE = "shown beside"

    rank: int
    """0 is the firmest."""


for _rank, _weight in enumerate(Weight):
    _weight.rank = _rank

# The voice decides, not the label alone: an official label on another's words is a third party's, and the
# elector's own voice told less firmly weighs no more than it was told.
_BY_VOICE: Mapping[tuple[Voice, Certainty], Weight] = MappingProxyType(
    {
        (Voice.ELECTOR, Certainty.OFFICIAL): Weight.OWN_WORD,
        (Voice.ELECTOR, Certainty.REPORTED): Weight.REPORT,
        (Voice.ELECTOR, Certainty.ANONYMOUS): Weight.OWN_UNNAMED,
        (Voice.ELECTOR_UNNAMED, Certainty.OFFICIAL): Weight.OWN_UNNAMED,
        (Voice.ELECTOR_UNNAMED, Certainty.REPORTED): Weight.OWN_UNNAMED,
        (Voice.ELECTOR_UNNAMED, Certainty.ANONYMOUS): Weight.OWN_UNNAMED,
        (Voice.OUTLET, Certainty.OFFICIAL): Weight.REPORT,
        (Voice.OUTLET, Certainty.REPORTED): Weight.REPORT,
        (Voice.OUTLET, Certainty.ANONYMOUS): Weight.OTHERS,
        (Voice.THIRD_PARTY, Certainty.OFFICIAL): Weight.OTHERS,
        (Voice.THIRD_PARTY, Certainty.REPORTED): Weight.OTHERS,
        (Voice.THIRD_PARTY, Certainty.ANONYMOUS): Weight.OTHERS,
        (Voice.UNNAMED, Certainty.OFFICIAL): Weight.OTHERS,
        (Voice.UNNAMED, Certainty.REPORTED): Weight.OTHERS,
        (Voice.UNNAMED, Certainty.ANONYMOUS): Weight.OTHERS,
    }
)


def weight(event: StanceReported) -> Weight:
    """What a report weighs. Past, foretold, conditional and guessed stances move nothing."""
    if event.time is not ClaimTime.NOW or event.certainty is Certainty.SPECULATION:
        return Weight.BESIDE
    if event.silence:
        return Weight.SILENCE
    # A recorded vote is the elector's own act.
    certainty = Certainty.OFFICIAL if event.certainty is Certainty.RECORDED else event.certainty
    return _BY_VOICE[event.voice, certainty]
