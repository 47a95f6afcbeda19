"""Frames: one sentence as it is read: what was found in it so far, and who is cited for which stretch."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from tracker.extraction.arguments import Subject
from tracker.extraction.attribution import Report, Source
from tracker.extraction.discourse import Discourse
from tracker.extraction.drafts import Draft, Refusal
from tracker.extraction.lexicon import Predicate
from tracker.extraction.scope import Reading
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Kind

Said = tuple[Predicate, Reading, tuple[str, ...], Subject | None]
"""A predicate, its reading, its candidates, its subject: what an ellipsis points back to."""


@dataclass(slots=True)
class Frames:
    """One sentence and what its readers found; `drafts` and `refusals` grow in text order.

    said     who says what in it
    taken    units that a predicate took up
    last     what an ellipsis after it points back to; `before` is that of the sentence before
    told     the same for each predicate so far, by its first unit
    effects  of the last predicate's operators
    left     candidates that the predicate at hand says were left for another
    held     classes that some unit has: a cheap test before a search
    """

    sentence: Sentence
    discourse: Discourse
    lede: bool
    drafts: list[Draft] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    said: list[Report] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    last: Said | None = None
    told: list[tuple[int, Said]] = field(default_factory=list)
    before: Said | None = None
    effects: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    held: Set[str] = frozenset()

    def refuse(
        self, start: int, stop: int, reason: str, elector: str | None = None, candidate: str | None = None
    ) -> None:
        s = self.sentence
        low, high = s.span(start, max(stop - 1, start))
        self.refusals.append(
            Refusal(
                cue=s.shown(low, high),
                reason=reason,
                field=s.field,
                start=low,
                end=high,
                sentence=s.bounds,
                elector=elector,
                candidate=candidate,
            )
        )

    # -- claims ---------------------------------------------------------------------------------

    def source(self, at: int, stop: int = 0) -> Source | None:
        """The innermost source whose words cover unit `at`; the predicate's own verb cites nobody."""
        best: Report | None = None
        for report in self.said:
            if (
                report.first <= at <= report.last
                and not at <= report.verb < max(stop, at + 1)
                and (best is None or report.first >= best.first)
            ):
                best = report
        if best is not None:
            for report in self.said:
                outer = report.source.kind is Kind.UNNAMED and not report.source.guess
                if outer and report.first <= at <= report.last and best.source.kind is Kind.ELECTOR:
                    return report.source  # "Ankara told its allies ..., a Turkish official said"
            return best.source
        if self.sentence.quoted[at] and self.discourse.speakers:
            return Source("", Kind.ELECTOR, self.discourse.speakers[-1])
        return None

    def carried(self, who: Subject) -> Source | None:
        """Indirect speech goes on from the sentence before, while the same elector is spoken of."""
        for ids in self.discourse.speakers[-1:]:
            if set(who.electors) & set(ids):
                return Source("", Kind.ELECTOR, ids)
        return None
