"""Judgement: an attitude, who holds it and toward whom, made claims, or turned down with the reason.

A predicate, a noun of stance, a row or an ellipsis says what it found; whom it means, what its operators
make of it and why it may yet be no claim are settled here, for all of them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.extraction import bars, emission
from tracker.extraction.arguments import Subject
from tracker.extraction.assertion import Assertion
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.negation import around
from tracker.extraction.objects import target
from tracker.extraction.scope import NEGATIONS, Reading, apply
from tracker.extraction.units import HARD, Kind
from tracker.stances import Stance

_NOT_ITS_OWN = "its own candidate, who is not meant"
_QUESTION = 14
"""Units that a question left open may take up ("whether it will support X or Y")."""


def claim(
    frames: Frames,
    start: int,
    stop: int,
    predicate: Predicate,
    effects: Sequence[str],
    low: int,
    who: Subject,
    at: int,
    candidates: tuple[str, ...] = (),
) -> None:
    """Add the claims of an assertion, or the reason why it makes none. See `Assertion` for the arguments."""
    said = Assertion(
        start=start,
        stop=stop,
        predicate=predicate,
        effects=tuple(around(frames.sentence.units, start, stop, effects)),
        low=low,
        who=who,
        at=at,
        candidates=candidates,
    )
    meant, reason = _meant(frames, said)
    reason = reason or bars.reason(frames, meant)
    if reason:
        _refuse(frames, meant, reason)
        return
    meant, reading, reason = _read(frames, meant)
    if reading is None:
        _refuse(frames, meant, reason)
        return
    _tell(frames, meant, reading)


def _refuse(frames: Frames, said: Assertion, reason: str) -> None:
    first = said.candidates[0] if said.candidates else None
    frames.refuse(said.start, said.stop, reason, said.who.electors[0], first)


# -- whom it means ------------------------------------------------------------------------------


def _meant(frames: Frames, said: Assertion) -> tuple[Assertion, str]:
    """The assertion with the candidates it means; beside it why it means none, or ""."""
    discourse, predicate, who = frames.discourse, said.predicate, said.who
    units = frames.sentence.units
    candidates = said.candidates
    own = discourse.roster.national(who.electors[0]) if predicate.own else None
    if own is not None:
        candidates = (own,)
    elif predicate.own:
        named = units[said.at] if said.at >= 0 else None
        if named is None or named.kind is not Kind.CANDIDATE or len(named.candidates) != 1:
            return said, "no candidate of its own"
    if predicate.everyone:
        named_all = discourse.all_candidates() or discourse.running()
        candidates = tuple(c for c in named_all if c not in who.unit.candidates)
    if said.unsaid and not candidates and bars.other_object(frames, said.stop, everyone=predicate.everyone):
        return said, "it has an object of its own"
    candidates = candidates or _looked_for(frames, said)
    if said.at < 0 and own is None and _own(frames, who, candidates):
        if _open(predicate):
            gone = all(discourse.roster.gone(c) for c in candidates)
            others = discourse.all_candidates() if gone else ()
            candidates = tuple(c for c in others if not _own(frames, who, (c,)))
            if not candidates:
                return said, _NOT_ITS_OWN
        elif predicate.past:
            return replace(said, candidates=candidates), _NOT_ITS_OWN
    if not candidates:
        return said, "no candidate it could mean"
    who = _speaker_meant(frames, said.start, who, candidates)
    return replace(said, who=who, candidates=candidates), ""


def _open(predicate: Predicate) -> bool:
    """It says that nothing is decided, or is read only when it is denied."""
    return predicate.stance in (None, Stance.UNDECIDED)


def _looked_for(frames: Frames, said: Assertion) -> tuple[str, ...]:
    """The candidates of an assertion that has none given: its object's, else those of the passage."""
    s, discourse, main = frames.sentence, frames.discourse, _open(said.predicate)
    found: tuple[str, ...] = ()
    unsaid = said.at < 0 and main
    if unsaid and discourse.roster.by_people and _asks(frames, said.stop):
        found = _weighed(frames, said.stop)
    found = found or target(s, said.at, said.who.electors, discourse, position=said.start, main=main)
    if not found and unsaid:
        found = _weighed(frames, said.stop) or discourse.rivals(s)
    if not found and said.at < 0 and said.predicate.silence and s.title:
        found = _awaited(frames, said.who)
    return found


def _own(frames: Frames, who: Subject, candidates: Sequence[str]) -> bool:
    """One of the candidates is the elector's own."""
    known = frames.discourse.roster.candidates
    return any(known[c].nationality in who.electors for c in candidates)


def _speaker_meant(frames: Frames, start: int, who: Subject, candidates: Sequence[str]) -> Subject:
    """ "X told Y that he was a no": a pronoun that would make Y back itself means whoever says it."""
    if not who.pronoun or not set(candidates) & {*who.unit.candidates, *who.electors}:
        return who
    source = frames.source(start)
    theirs = source.electors if source is not None else ()
    if not theirs or set(theirs) & {*candidates, *who.electors}:
        return who
    unit = replace(who.unit, kind=Kind.ELECTOR, electors=theirs, dual=(), candidates=())
    return replace(who, electors=theirs, candidates=(), unit=unit)


def _asks(frames: Frames, stop: int) -> bool:
    """ "Would not say if ...": the question left open follows."""
    return not frames.sentence.units[stop - 1].classes.isdisjoint(("if", "whether", "why"))


def _awaited(frames: Frames, who: Subject) -> tuple[str, ...]:
    """Whom all but the last few are for ("Now only Romania"): the one who is not of the last few."""
    named, roster = frames.discourse.all_candidates(), frames.discourse.roster
    ids = tuple(c for c in named if roster.candidates[c].nationality not in who.electors)
    return ids if len(ids) == 1 else ()


def _weighed(frames: Frames, stop: int) -> tuple[str, ...]:
    """The candidates of a question left open ("has not decided whether it will support X or Y")."""
    found: list[str] = []
    for unit in frames.sentence.units[stop : stop + _QUESTION]:
        if unit.word in HARD or unit.word == ",":
            break
        if unit.kind is Kind.CANDIDATE and not unit.possessed:
            found.extend(unit.candidates)
    return tuple(dict.fromkeys(found))


# -- what its operators make of it --------------------------------------------------------------


def _read(frames: Frames, said: Assertion) -> tuple[Assertion, Reading | None, str]:
    """The stance as its operators leave it, or `None` and why; the assertion as the reading makes it."""
    predicate = said.predicate
    if predicate.stance is None:
        said, reading, reason = _content(frames, said)
    else:
        said, reading = _applied(frames, said, predicate.stance)
        reason = "its operators leave no claim"
    if reading is not None and predicate.past and "deny" in said.effects:
        reading = None  # "denied dropping X for Y": what it holds instead is not said
    if reading is not None and bars.rumoured(frames, said.start):
        if reading.guess or reading.stance.polarity <= 0:
            return said, None, "a report that is denied"
        reading = Reading(Stance.UNDECIDED)  # labelling rules, section 4: a denial is no support
    if reading is None:
        return said, None, reason
    objects = frames.sentence.units[said.at].classes if said.at >= 0 else frozenset()
    if "nobody" in objects and predicate.stance is not None and predicate.stance.polarity < 0:
        return said, None, "blocks nobody, and so not this one either"
    if "nobody" in objects and not ("both" in objects and reading.stance.polarity > 0):
        reading = replace(reading, stance=Stance.UNDECIDED, past=None)
    if said.who.excepted:
        if reading.stance.polarity <= 0:
            return said, None, "an exception to a refusal"
        reading = Reading(Stance.UNDECIDED)
    return said, reading, ""


def _content(frames: Frames, said: Assertion) -> tuple[Assertion, Reading | None, str]:
    """Of words that alone say nothing ("decide"): undecided when denied, a choice when one is named."""
    denied = said.predicate.denied or Stance.UNDECIDED
    if NEGATIONS & set(said.effects):
        return said, Reading(denied, silent=True), "its operators leave no claim"
    at = chosen(frames, said.stop)
    if at < 0 or denied is not Stance.UNDECIDED:
        return said, None, "a decision without its content"
    candidates = frames.sentence.units[at].candidates
    return replace(said, candidates=candidates, stop=at + 1), Reading(Stance.SUPPORTS), ""


def _applied(frames: Frames, said: Assertion, stance: Stance) -> tuple[Assertion, Reading | None]:
    """A stance under its operators; of "not convinced", only as far as the negation goes."""
    effects = said.effects
    if said.predicate.rival is not None:
        effects = tuple(effect for effect in effects if effect != "would")  # "would prefer X"
    if _so_far(frames, said.stop) and "neg" in effects:
        effects = ("yet", *effects)
    wished = "should" in effects and not _resolved(frames, said.start)
    reading = None if wished else apply(stance, effects)
    if reading is not None and said.predicate.denied and reading.stance is Stance.OPPOSES:
        reading = replace(reading, stance=said.predicate.denied)
    return replace(said, effects=effects), reading


def chosen(frames: Frames, stop: int) -> int:
    """The candidate of "has made its choice: X", whose name closes the sentence, or -1."""
    units = frames.sentence.units
    colon = next((i for i in range(stop, min(stop + 4, len(units))) if units[i].word == ":"), -1)
    if colon < 0:
        return -1
    i = colon + 1
    while i < len(units) and not units[i].kind and not units[i].classes.isdisjoint(("prep", "det")):
        i += 1
    if i >= len(units) or units[i].kind is not Kind.CANDIDATE or units[i].possessed:
        return -1
    return i if i + 1 >= len(units) or units[i + 1].word in HARD else -1


def _resolved(frames: Frames, start: int) -> bool:
    """ "They resolved that Romania should back him": a decision, not a wish."""
    return any("resolve" in u.classes for u in frames.sentence.units[:start] if not u.kind)


def _so_far(frames: Frames, stop: int) -> bool:
    """ "Has not backed him so far": the negation reaches only to this day."""
    for unit in frames.sentence.units[stop : stop + 4]:
        if unit.word in HARD or unit.word == ",":
            return False
        if "sofar" in unit.classes:
            return True
    return False


# -- its claims ---------------------------------------------------------------------------------


def _tell(frames: Frames, said: Assertion, reading: Reading) -> None:
    """One claim for each elector and candidate; what an ellipsis points back to is noted."""
    pairs = _respectively(frames, said)
    several = len(said.candidates) > 1 and len(said.who.electors) > 1
    many = several or len(said.candidates) > 2
    supports = reading.stance is Stance.SUPPORTS
    if many and not pairs and supports and frames.discourse.roster.by_person:
        _refuse(frames, said, "who of them for whom is not told")
        return
    who = said.who
    for candidate in said.candidates:
        who = pairs.get(candidate, who)
        if bars.out_of_reach(frames, candidate):
            frames.refuse(said.start, said.stop, bars.OUT_OF_REACH, who.electors[0], candidate)
            continue
        emission.emit(frames, replace(said, who=who, candidates=(candidate,)), reading)
    frames.last = (said.predicate, reading, said.candidates, who)
    frames.told.append((said.start, frames.last))
    frames.effects = said.effects


def _respectively(frames: Frames, said: Assertion) -> dict[str, Subject]:
    """ "X and Y voted for A and B respectively": who of them for whom; empty when it is not put so."""
    units = frames.sentence.units
    near = units[max(said.stop - 1, 0) : said.stop + 3]
    told = any("respectively" in u.classes for u in near if not u.kind)
    electors, candidates = said.who.electors, said.candidates
    if not told or len(candidates) < 2 or len(candidates) != len(electors):
        return {}
    return {c: replace(said.who, electors=(e,)) for c, e in zip(candidates, electors, strict=True)}
