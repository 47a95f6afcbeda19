"""Rows: "Rutte: Albania, Belgium, Britain" - a candidate, a colon and the electors that stand behind it."""

from __future__ import annotations

from tracker.extraction import judgement
from tracker.extraction.arguments import Subject
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.units import MARKS, Kind
from tracker.stances import Stance

_CONFIDENCE = 0.9


def read(frames: Frames) -> None:
    """Add the claims of a sentence that is nothing but such a row.

    In a headline "Rutte: Hungary ..." may be somebody's words about Hungary, so there it must have a list.
    """
    s = frames.sentence
    units = s.units
    if len(units) < 3 or units[1].word not in _PARTS or units[0].kind is not Kind.CANDIDATE:
        return
    names = units[2]
    rest = [u for u in units[3:] if u.word not in MARKS]
    if names.kind is not Kind.ELECTOR or names.possessed or rest or units[0].possessed:
        return
    if s.title and len(names.electors) < 2:
        return
    predicate = Predicate(
        id=f"{s.language.code}.row", stance=Stance.SUPPORTS, left="-", confidence=_CONFIDENCE, context=True
    )
    who = Subject(names.electors, (), names, 2)
    judgement.claim(frames, 0, 3, predicate, (), 0, who, -1, units[0].candidates)


_PARTS = frozenset([":", "-", "–", "—", "--"])
