"""Counts: how many support a candidate, told without all their names ("28 of 32", "about 16 others")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from tracker.claims import Count, Evidence
from tracker.extraction.attribution import Source
from tracker.extraction.drafts import Draft
from tracker.extraction.frames import Frames
from tracker.extraction.objects import target
from tracker.extraction.units import HARD, Kind, Unit
from tracker.items import Field
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId

MOST = 2000
"""No body of electors is larger; a larger number counts something else."""
_REACH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDraft:
    """One number told in one sentence."""

    candidate: str
    low: int
    high: int | None
    of: int | None
    approximate: bool
    beside: tuple[str, ...]
    holdouts: tuple[str, ...]
    source: Source | None
    field: Field
    start: int
    end: int
    sentence: tuple[int, int]
    rule: str = "count"


def read(frames: Frames, earlier: Sequence[Draft]) -> list[CountDraft]:
    """The counts of one sentence. `earlier`: the claims of the item so far, for "16 others"."""
    s = frames.sentence
    units = s.units
    if s.question:
        return []
    spared = _spared(frames, earlier)
    if spared is not None:
        return [spared]
    for i, unit in enumerate(units):
        number = _number(frames, unit)
        if number is None or _measures(frames, i):
            continue
        of, stop = _total(frames, i + 1)
        others = any("other" in u.classes for u in units[i + 1 : i + 3] if not _number(frames, u))
        if of is None and not (_members(units, i + 1) and (others or unit.word.isdigit())):
            continue
        if of is not None and of < number:
            continue
        candidate = _candidate(frames, i)
        if candidate is None:
            continue
        now = [d for d in earlier if d.candidate == candidate and d.time is ClaimTime.NOW]
        here = [d for d in now if d.field == s.field and d.sentence == s.bounds]
        before = [u.classes for u in units[max(i - 3, 0) : i] if not u.kind]
        beside = tuple(dict.fromkeys(d.elector for d in now if d.stance.polarity > 0)) if others else ()
        if others and of is None and not beside:
            continue  # "three more capitals": more than how many is not told
        more = any("more_than" in classes for classes in before)
        start, end = s.span(i, max(stop - 1, i))
        return [
            CountDraft(
                candidate=candidate,
                low=number,
                high=None if more else number,
                of=of,
                approximate=any("about" in classes for classes in before),
                beside=beside,
                holdouts=tuple(dict.fromkeys(d.elector for d in here if d.stance.polarity <= 0)),
                source=frames.source(i),
                field=s.field,
                start=start,
                end=end,
                sentence=s.bounds,
            )
        ]
    return []


def _spared(frames: Frames, earlier: Sequence[Draft]) -> CountDraft | None:
    """ "All allies but Hungary and Romania back him": all the others, without their number.

    Only where nobody else and no group of them is named in the sentence: "all" might be all of those.
    """
    s, roster = frames.sentence, frames.discourse.roster
    left_out = [
        draft
        for draft in earlier
        if draft.excepted
        and draft.time is ClaimTime.NOW
        and (draft.field, draft.sentence) == (s.field, s.bounds)
    ]
    if not left_out or len({draft.candidate for draft in left_out}) > 1 or left_out[0].via:
        return None
    holdouts = tuple(dict.fromkeys(draft.elector for draft in left_out))
    named = {e for unit in s.units if unit.kind in (Kind.ELECTOR, Kind.VOICE) for e in unit.electors}
    if not named <= set(holdouts):
        return None
    noon = datetime.combine(roster.day, time(12), UTC)
    present = [elector.id for elector in roster.contest.present(noon)]
    others = len(present) - sum(elector in present for elector in holdouts)
    return CountDraft(
        candidate=left_out[0].candidate,
        low=others,
        high=others,
        of=len(present),
        approximate=False,
        beside=(),
        holdouts=holdouts,
        source=left_out[0].source,
        field=s.field,
        start=min(draft.start for draft in left_out),
        end=max(draft.end for draft in left_out),
        sentence=s.bounds,
        rule="count.all_but",
    )


def finish(
    found: Sequence[CountDraft], evidence: Callable[[Field, int, int, tuple[int, int]], Evidence]
) -> list[Count]:
    """The item's counts; of those that say the same number of the same candidate, the first, or the first
    that names who is missing."""
    kept: dict[tuple[str, int, int | None], CountDraft] = {}
    for draft in found:
        before = kept.setdefault((draft.candidate, draft.low, draft.of), draft)
        if draft.holdouts and not before.holdouts:
            kept[draft.candidate, draft.low, draft.of] = draft
    return [
        Count(
            candidate=CandidateId(draft.candidate),
            low=draft.low,
            high=draft.high,
            of=draft.of,
            approximate=draft.approximate,
            beside=tuple(ElectorId(e) for e in draft.beside),
            holdouts=tuple(ElectorId(e) for e in draft.holdouts),
            certainty=_certainty(draft.source),
            speaker=draft.source.text if draft.source else "",
            evidence=evidence(draft.field, draft.start, draft.end, draft.sentence),
            rule=draft.rule,
        )
        for draft in kept.values()
    ]


def _certainty(source: Source | None) -> Certainty:
    if source is not None and source.guess:
        return Certainty.SPECULATION
    return Certainty.ANONYMOUS if source is not None and source.kind is Kind.UNNAMED else Certainty.REPORTED


def _number(frames: Frames, unit: Unit) -> int | None:
    if unit.word.isdigit() and len(unit.word) <= 4:
        value = int(unit.word)
        return value if 2 <= value <= MOST and not (unit.first == 0 and value > 1000) else None
    return frames.sentence.language.numerals.get(unit.word)


def _measures(frames: Frames, i: int) -> bool:
    """The number is an amount, an age, a date: it has a sign, a measure or a month beside it."""
    units = frames.sentence.units
    near = [
        u
        for u in (units[i - 1] if i else None, units[i + 1] if i + 1 < len(units) else None)
        if u is not None
    ]
    if len(units[i].word) == 4:
        return True
    return any(
        (u.word in {"%", "$", "€", "£", ".", ":", "-", "/"} and u is not near[-1])
        or (not u.kind and "time" in u.classes)
        or (not u.kind and "measure" in u.classes)
        for u in near
    )


def _total(frames: Frames, i: int) -> tuple[int | None, int]:
    """ "of NATO's 32 allies", "out of 32", "of the 31 members": the whole, and where it ends."""
    units = frames.sentence.units
    stop = i
    if i >= len(units) or units[i].kind or "of" not in units[i].classes:
        return None, _past(units, i)
    for k in range(i + 1, min(i + _REACH, len(units))):
        value = _number(frames, units[k])
        if value is not None:
            return value, _past(units, k + 1)
        if units[k].word in HARD or units[k].word == ",":
            break
    return None, stop


def _past(units: Sequence[Unit], i: int) -> int:
    stop = i
    for k in range(i, min(i + 4, len(units))):
        if "group_noun" in units[k].classes:
            stop = k + 1
            break
    return stop


def _members(units: Sequence[Unit], i: int) -> bool:
    """Members of the body are what is counted."""
    for unit in units[i : i + 4]:
        if "group_noun" in unit.classes:
            return True
        if (
            unit.word in HARD
            or unit.word == ","
            or unit.lemmas
            or (
                not unit.kind
                and not unit.skippable
                and unit.classes.isdisjoint(("of", "other", "det", "poss"))
            )
        ):
            return False
    return False


def _candidate(frames: Frames, i: int) -> str | None:
    """Whom they support: the object of a word of support in the sentence, when there is one."""
    s = frames.sentence
    for _, (predicate, _reading, candidates, _who) in frames.told:
        if predicate.stance is not None and predicate.stance.polarity > 0 and len(candidates) == 1:
            return candidates[0]
    cued = any(not u.kind and not u.classes.isdisjoint(("pro", "in_favour")) for u in s.units)
    held = next((k for k in range(i - 1, max(i - 4, -1), -1) if "have" in s.units[k].lemmas), -1)
    owned = any(u.kind is Kind.CANDIDATE for u in s.units[max(held - 3, 0) : max(held, 0)])
    if not (cued or owned):
        return None
    subject = next((k for k, u in enumerate(s.units) if u.kind is Kind.CANDIDATE and not u.race), -1)
    if subject >= 0:
        ids = target(s, subject, (), frames.discourse, position=i)
        return ids[0] if len(ids) == 1 else None
    return frames.discourse.candidate(s, i, ())
