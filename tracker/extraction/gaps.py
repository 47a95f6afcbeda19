"""Gaps: clauses without a verb that lean on the one before ("..., Bogotá for Y", "Paris likewise")."""

from __future__ import annotations

from dataclasses import replace

from tracker.extraction import judgement
from tracker.extraction.arguments import Subject
from tracker.extraction.frames import Frames, Said
from tracker.extraction.scope import Reading
from tracker.extraction.units import HARD, Kind, Unit
from tracker.stances import ClaimTime

_ECHO = frozenset(["so", "too", "idem", "likewise"])
_CONFIDENCE = 0.9


def read(frames: Frames) -> None:
    """Add the claims of such clauses. The verb is that of the last claim before them."""
    units = frames.sentence.units
    for i, unit in enumerate(units):
        if unit.kind is not Kind.ELECTOR or not unit.may_be_elector or not _opens(units, i):
            continue
        before = next((said for start, said in reversed(frames.told) if start < i), None)
        if before is not None and (at := _object(units, i)) >= 0:
            _claim(frames, before, i, at, at + 1)
        elif before is None and frames.before and frames.before[3] and (stop := _echo(units, i)):
            _claim(frames, frames.before, i, -1, stop)


def _opens(units: list[Unit], i: int) -> bool:
    """A clause begins at unit `i`, but for words like "also"."""
    while i and not units[i - 1].kind and not units[i - 1].classes.isdisjoint(_ECHO | {"adv"}):
        i -= 1
    return i == 0 or units[i - 1].word in {",", *HARD} or not units[i - 1].classes.isdisjoint(("and", "but"))


def _ends(units: list[Unit], i: int) -> bool:
    return i >= len(units) or units[i].word in {",", *HARD} or "and" in units[i].classes


def _object(units: list[Unit], i: int) -> int:
    """The candidate that is all the clause holds beside its elector at unit `i`, or -1."""
    k = i + 1
    if k < len(units) and units[k].word == ",":
        k += 1
    if k < len(units) and not units[k].kind and not units[k].classes.isdisjoint(("prep", "by", "toward")):
        k += 1
    if k < len(units) and units[k].kind is Kind.VOICE and units[k].own:
        return k if _ends(units, k + 1) else -1  # "..., Bucarest son président"
    if k >= len(units) or units[k].kind is not Kind.CANDIDATE or units[k].possessed:
        return -1
    return k if _ends(units, k + 1) else -1


def _echo(units: list[Unit], i: int) -> int:
    """Where a sentence ends that says only "too" or "likewise" of its elector at unit `i`; 0 for others."""
    said = any(not u.kind and not u.classes.isdisjoint(_ECHO) for u in units[:i])
    if any(u.kind or u.word == "," or u.word in HARD for u in units[:i]):
        return 0
    k = i + 1
    while k < len(units) and (
        (units[k].word == "," and not said) or (not units[k].kind and units[k].classes & _ECHO)
    ):
        said = said or units[k].word != ","
        k += 1
    aside = k + 1 < len(units) and units[k].word == "," and "rel" in units[k + 1].classes
    return k if said and (k >= len(units) or units[k].word in HARD or aside) else 0


def _claim(frames: Frames, before: Said, i: int, at: int, stop: int) -> None:
    predicate, reading, candidates, who = before
    unit = frames.sentence.units[i]
    if reading.time is not ClaimTime.NOW or reading.guess or (who and set(who.electors) & set(unit.electors)):
        return
    if at >= 0 and (predicate.left != "E" or set(frames.sentence.units[at].candidates) & set(candidates)):
        return
    copied = replace(
        predicate,
        id=predicate.id + ".gap",
        stance=Reading(reading.stance).stance,
        past=None,
        denied=None,
        rival=None,
        copula=False,
        own=False,
        everyone=False,
        confidence=_CONFIDENCE,
    )
    subject = Subject(unit.electors, (), unit, i)
    judgement.claim(frames, i, stop, copied, (), i, subject, at, () if at >= 0 else candidates)
