"""Candidacies: who declares, is nominated, declines, withdraws, or is only mentioned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.claims import Candidacy, CandidacyStep, Evidence
from tracker.extraction import emission
from tracker.extraction.arguments import subject
from tracker.extraction.attribution import Source
from tracker.extraction.frames import Frames
from tracker.extraction.patterns import Found, find
from tracker.extraction.scope import chain
from tracker.extraction.topics import names_post, other_contest, other_time
from tracker.extraction.units import Kind
from tracker.items import Field
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId

_UNSAID = frozenset(["neg", "absent", "refuse", "unsure", "deny", "null", "hesitate", "cease"])
# A choice that is to come, or might, is no choice.
_NOT_YET = frozenset(["will", "would", "may", "can", "should", "must", "expect", "ready", "wish", "to"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """One step told in one sentence."""

    candidate: str
    step: CandidacyStep
    by: str | None
    certainty: Certainty
    time: ClaimTime
    source: Source | None
    field: Field
    start: int
    end: int
    sentence: tuple[int, int]
    rule: str


def read(frames: Frames) -> list[StepDraft]:
    """The steps of one sentence, in text order."""
    s = frames.sentence
    if s.question:
        return []
    found: list[StepDraft] = []
    for i, unit in enumerate(s.units):
        if unit.word not in s.language.candidacies.by_word and not s.language.candidacies.by_class:
            continue
        hits = find(s.language.candidacies, s.units, i, frames.held)
        if hits:
            hit, (step, rule) = max(hits, key=lambda h: h[0].end)
            found.extend(_step(frames, i, hit, CandidacyStep(step), rule))
    return found


def finish(
    found: Sequence[StepDraft], evidence: Callable[[Field, int, int, tuple[int, int]], Evidence]
) -> list[Candidacy]:
    """The item's steps; of those that say the same of the same candidate, the firmest."""
    kept: dict[tuple[str, CandidacyStep, ClaimTime], StepDraft] = {}
    for draft in found:
        key = (draft.candidate, draft.step, draft.time)
        if key not in kept or draft.certainty.rank < kept[key].certainty.rank:
            kept[key] = draft
    return [
        Candidacy(
            candidate=CandidateId(draft.candidate),
            step=draft.step,
            by=ElectorId(draft.by) if draft.by else None,
            certainty=draft.certainty,
            time=draft.time,
            speaker=draft.source.text if draft.source else "",
            evidence=evidence(draft.field, draft.start, draft.end, draft.sentence),
            rule=draft.rule,
        )
        for draft in kept.values()
    ]


def _step(frames: Frames, start: int, hit: Found, step: CandidacyStep, rule: str) -> list[StepDraft]:
    s = frames.sentence
    links = chain(s, start)
    effects = set(links.effects)
    if effects & _UNSAID or other_time(s, frames.discourse.roster):
        return []
    if step is CandidacyStep.CHOSEN and (
        effects & _NOT_YET or not names_post(s) or emission.condition(frames, start)
    ):
        return []
    first = subject(s, links.start, frames.discourse)
    low = links.start
    if hit.candidate >= 0:
        candidates = s.units[hit.candidate].candidates
        low = min(low, hit.candidate)
    elif first is not None and first.candidates:
        candidates = first.candidates
        low = min(low, first.at) if not first.pronoun else low
    else:
        return []
    by = first.electors[0] if hit.candidate >= 0 and first is not None and len(first.electors) == 1 else None
    if any(other_contest(s, candidate, frames.discourse) for candidate in candidates):
        return []
    time, certainty = ClaimTime.NOW, Certainty.REPORTED
    source = frames.source(start, hit.end)
    if "expect" in effects:
        time = ClaimTime.FUTURE
    elif "would" in effects and source is None:
        time = ClaimTime.CONDITIONAL
    elif "had" in effects or "once" in effects:
        time = ClaimTime.HISTORICAL
    if "may" in effects or (source is not None and source.guess):
        certainty = Certainty.SPECULATION
    elif source is not None and source.kind is Kind.UNNAMED:
        certainty = Certainty.ANONYMOUS
    elif source is not None and source.kind in (Kind.CANDIDATE, Kind.ELECTOR):
        own = {frames.discourse.roster.candidates[c].nationality for c in candidates}
        # Of a choice every elector is a witness; of a candidacy only the candidate's own.
        official = step is CandidacyStep.CHOSEN and source.kind is Kind.ELECTOR
        certainty = Certainty.OFFICIAL if official or own & set(source.electors) else Certainty.REPORTED
    begin, end = s.span(max(low, 0), hit.end - 1)
    return [
        StepDraft(
            candidate=candidate, step=step, by=by, certainty=certainty, time=time, source=source,
            field=s.field, start=begin, end=end, sentence=s.bounds, rule=rule,
        )
        for candidate in candidates
    ]  # fmt: skip
