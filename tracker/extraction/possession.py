"""Possession: "Jamaica's nominee", "the candidate of Jamaica": whoever is called so has its support."""

from __future__ import annotations

from dataclasses import replace

from tracker.extraction import judgement
from tracker.extraction.arguments import Subject
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.scope import chain
from tracker.extraction.units import Head, Kind
from tracker.stances import Stance

_CONFIDENCE = 0.9


def read(frames: Frames) -> None:
    """Add the claim that a phrase makes by telling whose candidate somebody is.

    Labelling rules, section 3: "Norway's candidate" is its own candidate, "the Norwegian" is not.
    """
    s = frames.sentence
    for i, unit in enumerate(s.units):
        if not unit.holder:
            continue
        effects = chain(s, i, noun=True).effects
        if "neg" in effects or "null" in effects:
            continue
        owner = replace(unit, kind=Kind.ELECTOR, electors=(unit.holder,), dual=(), head=Head.NAME)
        predicate = Predicate(
            id=f"{s.language.code}.own_candidate.phrase", stance=Stance.SUPPORTS, confidence=_CONFIDENCE
        )
        told = frames.last, frames.told[:]
        judgement.claim(
            frames, i, i + 1, predicate, (), i, Subject((unit.holder,), (), owner, i), -1, unit.candidates
        )
        frames.last, frames.told[:] = told  # an aside: nothing points back at it
