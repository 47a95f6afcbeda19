"""Ellipsis: "so does Portugal", "and Rome, too", "all but Hungary": the predicate stands elsewhere."""

from __future__ import annotations

from dataclasses import replace

from tracker.extraction import judgement
from tracker.extraction.arguments import Subject, subject
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.scope import Reading, chain
from tracker.extraction.units import HARD, Kind
from tracker.stances import ClaimTime, Stance


def read(frames: Frames) -> None:
    """Add the claims that a sentence makes by pointing at the predicate before."""
    if frames.last is None:
        frames.last = frames.before
        carried = True
    else:
        carried = False
    if frames.last is None:
        return
    units = frames.sentence.units
    final = frames.last
    for i, unit in enumerate(units):
        if unit.kind:
            continue
        # It points back at what was said before it, not at the sentence's last word.
        frames.last = next(
            (said for start, said in reversed(frames.told) if start < i), frames.before or final
        )
        _, reading, _, _ = frames.last
        if "so" in unit.classes and (verb := _auxiliary(frames, i)) >= 0:
            people = frames.discourse.roster.by_people
            if people and frames.last is frames.before and i > 2 and any(u.kind for u in units[:i]):
                continue  # "X laughed, and so did Y": it points at what its own sentence says
            if any("past" in forms and lemma == "have" for lemma, forms in units[verb].lemmas.items()):
                reading = replace(reading, time=ClaimTime.HISTORICAL)  # "and so had Australia"
            at = next(
                (
                    k
                    for k in range(verb + 1, min(verb + 4, len(units)))
                    if units[k].kind or not units[k].skippable
                ),
                -1,
            )
            if at >= 0 and units[at].may_be_elector:
                _copy(frames, at, i, reading)
        elif "neg" in unit.classes and (at := _waiting(frames, i)) >= 0:
            _copy(frames, at, at, Reading(Stance.UNDECIDED))  # "Sofia, not yet"
        elif "so" in unit.classes and i > 1 and frames.discourse.roster.by_people and _does(frames, i):
            continue
        elif "neg" in unit.classes and i and not carried and _closes(frames, i):
            _denied(frames, i, reading)
        elif "likewise" in unit.classes and i + 1 < len(units) and not carried:
            if units[i + 1].kind is Kind.ELECTOR and units[i + 1].may_be_elector:
                _copy(frames, i + 1, i, reading)  # "..., just like Portugal"
        elif unit.word == "," and not carried and (at := _gapped(frames, i)) >= 0:
            _copy(frames, at, at, reading)  # "..., Athens long before"
        elif "too" in unit.classes and not carried:
            at = i - 1
            if at > 0 and units[at].word == ",":
                at -= 1
            if (
                at > 0
                and units[at].kind is Kind.ELECTOR
                and units[at].may_be_elector
                and _bare(frames, at, i)
            ):
                _copy(frames, at, at, reading)
        elif "except" in unit.classes and i + 1 < len(units) and not carried:
            at = next((k for k in range(i + 1, min(i + 4, len(units))) if units[k].kind), -1)
            if (
                at >= 0
                and units[at].kind is Kind.ELECTOR
                and reading.stance.polarity > 0
                and _everybody(frames, i)
            ):
                _copy(frames, at, i, Reading(Stance.UNDECIDED))


def _gapped(frames: Frames, comma: int) -> int:
    """The elector of a clause that tells only another time for what was said before, or -1."""
    units = frames.sentence.units
    at = comma + 1
    if at >= len(units) or units[at].kind is not Kind.ELECTOR or not units[at].may_be_elector:
        return -1
    stop = next((k for k in range(at + 1, len(units)) if units[k].word in {",", *HARD}), len(units))
    rest = units[at + 1 : stop]
    times = rest and all(
        not u.kind and not u.classes.isdisjoint(("time", "prep", "adv", "det")) for u in rest
    )
    return at if times and any("time" in u.classes for u in rest) else -1


def _auxiliary(frames: Frames, i: int) -> int:
    """The auxiliary after "so" at unit `i` ("so does", "so, less noisily, is"), or -1."""
    units = frames.sentence.units
    for k in range(i + 1, min(i + 6, len(units))):
        unit = units[k]
        if not unit.kind and "aux" in unit.classes:
            return k if k + 1 < len(units) else -1
        if unit.word != "," and (unit.kind or unit.lemmas or unit.word in HARD):
            return -1
    return -1


def _waiting(frames: Frames, i: int) -> int:
    """The elector of "Sofia, not yet" and "Rome not so far", whose negation stands at unit `i`, or -1."""
    units = frames.sentence.units
    if i + 1 >= len(units) or "sofar" not in units[i + 1].classes:
        return -1
    if i + 2 < len(units) and units[i + 2].word not in {",", *HARD}:
        return -1
    at = i - 1
    if at > 0 and units[at].word == ",":
        at -= 1
    if at < 0 or units[at].kind is not Kind.ELECTOR or not units[at].may_be_elector:
        return -1
    opens = at == 0 or units[at - 1].word in {",", *HARD} or "and" in units[at - 1].classes
    return at if opens else -1


def _does(frames: Frames, i: int) -> bool:
    """ "X, another possible heir, did so after the vote": X does what was told before."""
    units = frames.sentence.units
    if "do" not in units[i - 1].lemmas or units[i - 1].kind or frames.last is None:
        return False
    links = chain(frames.sentence, i - 1)
    who = subject(frames.sentence, links.start, frames.discourse)
    if who is None or not who.electors or who.pronoun or set(links.effects) - {"will", "perfect"}:
        return False
    predicate, reading, candidates, other = frames.last
    stance = predicate.stance if other is not None and other.excepted else reading.stance
    copied = Predicate(id=predicate.id + ".ellipsis", stance=stance, confidence=0.9)
    judgement.claim(frames, i - 1, i + 1, copied, (), who.at, who, -1, candidates)
    return True


def _closes(frames: Frames, i: int) -> bool:
    """ "Hungary does not." - the negation ends its clause, with nothing but "be" after it."""
    units = frames.sentence.units
    k = i + 1
    while k < len(units) and not units[k].kind and ("be" in units[k].lemmas or "adv" in units[k].classes):
        k += 1
    return k >= len(units) or units[k].word in {",", *HARD}


def _denied(frames: Frames, i: int, reading: Reading) -> None:
    s = frames.sentence
    if frames.last is None:
        return
    predicate, _, candidates, _ = frames.last
    links = chain(s, i + 1)
    if not {"cop", "do", "did", "perfect", "will", "can", "may", "would"} & set(links.effects) - {"neg"}:
        return
    who = subject(s, links.start, frames.discourse)
    if who is None or not who.electors:
        return
    copied = Predicate(
        id=predicate.id + ".ellipsis", stance=predicate.stance or reading.stance, confidence=0.9
    )
    judgement.claim(frames, i, i + 1, copied, links.effects, links.start, who, -1, candidates)


def _bare(frames: Frames, at: int, too: int) -> bool:
    """The elector stands alone: after a conjunction, and nothing follows."""
    units = frames.sentence.units
    before = units[at - 1]
    ends = too + 1 >= len(units) or units[too + 1].word in {",", *HARD}
    return ends and (before.word in {",", *HARD} or "and" in before.classes)


def _everybody(frames: Frames, i: int) -> bool:
    return any("all" in unit.classes for unit in frames.sentence.units[:i])


def _copy(frames: Frames, at: int, start: int, reading: Reading) -> None:
    s = frames.sentence
    if frames.last is None:
        return
    predicate, _, candidates, _ = frames.last
    unit = s.units[at]
    if any(
        d.elector in (unit.electors or unit.dual) and d.start <= unit.start < d.end for d in frames.drafts
    ):
        return
    copied = Predicate(id=predicate.id + ".ellipsis", stance=reading.stance, confidence=0.93)
    who = Subject(unit.electors or unit.dual, (), unit, at)
    effects = ("had",) if reading.time is ClaimTime.HISTORICAL else ("may",) if reading.guess else ()
    judgement.claim(
        frames, min(start, at), max(start, at) + 1, copied, effects, min(start, at), who, -1, candidates
    )
