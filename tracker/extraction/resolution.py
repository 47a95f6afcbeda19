"""Resolution: the claims of an item's sentences become the claims of the item.

Labelling rules, section 5: one claim for an elector, a candidate and a time; of two, the firmer certainty,
then the later in the text. A headline or lede takes the source that the item gives for the same statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.extraction.attribution import Source
from tracker.extraction.drafts import Draft
from tracker.stances import Certainty, ClaimTime, Stance, Voice

_STRENGTH = {
    Stance.SUPPORTS: 2,
    Stance.OPPOSES: 2,
    Stance.LEANS_SUPPORT: 1,
    Stance.LEANS_OPPOSE: 1,
    Stance.UNDECIDED: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """A source of the elector speaks well (or ill) of the candidate: no claim alone, a source for one."""

    elector: str
    candidate: str
    sign: int
    certainty: Certainty
    voice: Voice
    source: Source


def resolve(
    drafts: Iterable[Draft], praises: Sequence[Praise], *, one_vote: bool = False
) -> tuple[list[Draft], list[Draft]]:
    """The claims of record in text order, and the guesses they outrank.

    one_vote  who votes has one vote: of two candidates voted for, one was left for the other
    """
    sourced = _sourced(list(drafts), praises)
    if one_vote:
        sourced = _switched(sourced)
    groups: dict[tuple[str, str, ClaimTime], list[Draft]] = {}
    for draft in sourced:
        groups.setdefault((draft.elector, draft.candidate, draft.time), []).append(draft)
    kept, guesses = [], []
    for group in groups.values():
        best = _best(group)
        kept.append(best)
        for other in group:
            if (
                other.certainty is Certainty.SPECULATION
                and best.certainty is not Certainty.SPECULATION
                and other.stance.polarity != best.stance.polarity
            ):
                guesses.append(other)
                break
    now = {(d.elector, d.candidate): d.stance for d in kept if d.time is ClaimTime.NOW}
    kept = [
        d
        for d in kept
        if d.time is not ClaimTime.HISTORICAL or now.get((d.elector, d.candidate)) is not d.stance
    ]
    return sorted(kept, key=lambda d: d.order), guesses


def _switched(drafts: list[Draft]) -> list[Draft]:
    """Full support for one candidate is over where the item tells of it for another.

    What the title says stands; then what is no aside, and of that the last.
    """
    held: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.time is ClaimTime.NOW and draft.stance is Stance.SUPPORTS:
            held.setdefault(draft.elector, []).append(draft)
    over: set[int] = set()
    for group in held.values():
        if len({d.candidate for d in group}) < 2:
            continue
        main = [d for d in group if not d.aside] or group
        titled = [d for d in main if d.field == "title"]
        last = max(titled or main, key=lambda d: d.order)
        kept = {d.candidate for d in main if d.order == last.order}
        over.update(id(d) for d in group if d.candidate not in kept)
    return [replace(d, time=ClaimTime.HISTORICAL) if id(d) in over else d for d in drafts]


def _best(group: Sequence[Draft]) -> Draft:
    """Firmest; then spoken rather than silent; then the later; a lean gives way to the same sign in full."""
    best = group[0]
    for other in group[1:]:
        if _beats(other, best):
            best = other
    return best


def _beats(new: Draft, old: Draft) -> bool:
    if new.sentence == old.sentence and {new.stance, old.stance} == {
        Stance.LEANS_SUPPORT,
        Stance.LEANS_OPPOSE,
    }:
        return new.stance is Stance.LEANS_OPPOSE  # a complaint beside a kind word is a complaint
    if new.sentence == old.sentence and new.silence and old.stance.polarity:
        return False  # "is against X, and has not said whom he is for": silence takes nothing back
    firm = max(new.certainty.rank, old.certainty.rank) <= Certainty.REPORTED.rank
    if firm and new.stance.polarity == old.stance.polarity and new.stance.leans != old.stance.leans:
        return old.stance.leans  # "dropped its objections" beside "endorsed him": the whole word counts
    if new.certainty.rank != old.certainty.rank:
        return new.certainty.rank < old.certainty.rank
    if new.stance.polarity == old.stance.polarity:
        return _STRENGTH[new.stance] > _STRENGTH[old.stance]
    return not (old.lede and new.stance is Stance.UNDECIDED and new.silence)


def _sourced(drafts: list[Draft], praises: Sequence[Praise]) -> list[Draft]:
    out = []
    for draft in drafts:
        acts = draft.field == "title" and not draft.cited and draft.certainty is Certainty.OFFICIAL
        nameless = draft.field == "title" and draft.voice is Voice.UNNAMED
        if draft.lede and (
            acts or nameless or (draft.source is None and draft.certainty is Certainty.REPORTED)
        ):
            given: list[tuple[Certainty, Voice, Source | None]] = [
                (d.certainty, d.voice, d.source)
                for d in drafts
                if d.elector == draft.elector
                and d.candidate == draft.candidate
                and d.time is draft.time
                and d.stance.polarity == draft.stance.polarity
                and (d.source is not None or d.certainty is Certainty.OFFICIAL)
                and (not (acts or nameless) or (d.cited and d is not draft))
                and d.certainty is not Certainty.SPECULATION
            ]
            given += [
                (p.certainty, p.voice, p.source)
                for p in praises
                if not (acts or nameless)
                and p.elector == draft.elector
                and p.candidate == draft.candidate
                and p.sign == draft.stance.polarity
            ]
            if nameless:
                given = [g for g in given if g[0] is Certainty.ANONYMOUS and g[1] is Voice.ELECTOR_UNNAMED]
            if given:
                certainty, voice, source = min(
                    given, key=lambda g: (g[0].rank, g[1] is not Voice.ELECTOR_UNNAMED)
                )
                draft = replace(draft, certainty=certainty, voice=voice, source=source)
        out.append(draft)
    return out
