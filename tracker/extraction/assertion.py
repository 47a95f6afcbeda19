"""Assertions: what is said of an elector and candidates at one place of a sentence, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.extraction.arguments import Subject
from tracker.extraction.lexicon import Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What is said of an elector and candidates at one place of a sentence.

    start, stop  the units of the predicate, `stop` exclusive
    effects      of its operators, inmost first
    low          the first unit that belongs to it
    at           unit of the candidate; -1 when none is said there
    """

    start: int
    stop: int
    predicate: Predicate
    effects: tuple[str, ...]
    low: int
    who: Subject
    at: int
    candidates: tuple[str, ...] = ()

    @property
    def unsaid(self) -> bool:
        """Words that can do without an object have none here: it is looked for in what was said before."""
        return self.at < 0 and self.predicate.context
