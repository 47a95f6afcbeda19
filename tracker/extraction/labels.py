"""Labels: whose stance a stretch without a subject tells ("X: all in for Y", "Party A. Says no to Y")."""

from __future__ import annotations

from dataclasses import replace

from tracker.extraction.arguments import Subject
from tracker.extraction.frames import Frames
from tracker.extraction.units import HARD, Head, Kind

_OTHERS = (Kind.ELECTOR, Kind.VOICE, Kind.UNNAMED, Kind.OUTLET, Kind.OUTSIDER)


def labelled(frames: Frames, start: int) -> Subject | None:
    """Who is labelled as holding what begins at unit `start` and has no subject of its own."""
    if not frames.discourse.roster.by_people:
        return None
    return _before_colon(frames, start) or _heading(frames, start)


def _before_colon(frames: Frames, start: int) -> Subject | None:
    units = frames.sentence.units
    for report in frames.said:
        if units[report.verb].word != ":" or not report.first <= start <= report.last:
            continue
        between = units[report.first : start]
        if not report.source.electors or any(u.kind in _OTHERS or "they" in u.classes for u in between):
            return None
        unit = replace(
            units[report.verb], kind=Kind.ELECTOR, electors=report.source.electors, head=Head.PERSON
        )
        return Subject(report.source.electors, (), unit, report.verb)
    return None


def _heading(frames: Frames, start: int) -> Subject | None:
    """The elector that is all of the sentence before, in the same paragraph."""
    s = frames.sentence
    seen = frames.discourse.sentences
    if any(u.kind for u in s.units[:start]) or start > 3 or len(seen) < 2:
        return None
    before = seen[-2]
    if before.field != s.field or before.paragraph != s.paragraph:
        return None
    named = [u for u in before.units if u.word not in HARD]
    if len(named) != 1 or named[0].kind is not Kind.ELECTOR or named[0].possessed:
        return None
    return Subject(named[0].electors, (), named[0], -1, pronoun=True)
