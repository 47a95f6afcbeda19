"""Nouns of stance: whose support, objection or silence it is, toward whom, and what is done with it.

"Ankara's endorsement", "the backing of Berlin", "voiced reservations about X", "dropped its veto": the noun
gives the direction, the verb that governs it says whether it is given, won, lost, withheld or only sought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracker.extraction import bearers, judgement
from tracker.extraction.arguments import Subject, subject
from tracker.extraction.clauses import governed
from tracker.extraction.frames import Frames
from tracker.extraction.gazetteer import NameKind
from tracker.extraction.lexicon import Predicate
from tracker.extraction.scope import chain
from tracker.extraction.units import HARD, Head, Kind, Unit
from tracker.stances import Stance

_NOUNS = {"pro": Stance.SUPPORTS, "contra": Stance.OPPOSES, "doubt": Stance.LEANS_OPPOSE}
_TURNS = ("and", "prep", "time", "adv", "but", "of")
_LONGEST_WAY = 5
_AROUND = frozenset(["det", "poss", "modifier", "adv", "number", "no"])


@dataclass(frozen=True, slots=True)
class _Noun:
    """A noun of stance with what stands around it.

    owner, target   unit positions of the elector and the candidate; -1 when not said
    governor        what is done with it: give get drop hold lack seek have with, or ""
    first, last     the units it takes up, its governor included; `last` exclusive
    going           operators before the verb that says where a vote goes ("will go to X")
    """

    stance: Stance
    owner: int
    target: int
    governor: str
    at: int
    first: int
    last: int
    negated: bool
    own: bool
    foreign: bool = False
    ours: bool = False
    going: tuple[str, ...] = ()


def read(frames: Frames) -> None:
    """Add the claims that nouns of stance make in the sentence."""
    units = frames.sentence.units
    for i, unit in enumerate(units):
        if unit.kind or i in frames.taken:
            continue
        stance = next((s for name, s in _NOUNS.items() if name in unit.classes), None)
        if stance is not None:
            noun = _around(frames, i, stance)
            if noun.governor or noun.owner >= 0 or noun.ours:
                _claim(frames, noun)


def _joint(units: list[Unit], at: int) -> int:
    """Where "of Belgium and of Albania" ends; the second is added to the first."""
    if at + 3 < len(units) and "and" in units[at + 1].classes and "of" in units[at + 2].classes:
        other = units[at + 3]
        if other.kind is Kind.ELECTOR and not other.possessed and units[at].kind is Kind.ELECTOR:
            units[at] = replace(
                units[at], electors=tuple(dict.fromkeys((*units[at].electors, *other.electors)))
            )
            return at + 4
    return at + 1


def _about(unit: Unit) -> bool:
    """ "Su veto sobre los fondos": a preposition that can lead to nothing but what a stance is about."""
    return "over" in unit.classes and unit.classes.isdisjoint(("at", "by", "of"))


def _attributive(unit: Unit) -> bool:
    """An elector's name used as an adjective ("US backing")."""
    return unit.kind is Kind.ELECTOR and any(n.kind is NameKind.ADJECTIVE for n in unit.names)


def _around(frames: Frames, i: int, stance: Stance) -> _Noun:
    s = frames.sentence
    units = s.units
    j = i - 1
    owner = -1
    negated = own = ours = False
    unknown = 0
    while j >= 0:
        unit = units[j]
        if (
            owner < 0
            and (
                (unit.possessed and (unit.kind is Kind.ELECTOR or unit.dual))
                or unit.kind is Kind.ADJECTIVE
                or _attributive(unit)
            )
        ) or (owner < 0 and unit.possessed and unit.kind is Kind.VOICE):
            owner = j
        elif (
            owner < 0
            and not unit.kind
            and "genitive" in unit.classes
            and j
            and "his_state" in units[j - 1].classes
        ):
            owner = j - 1
            j -= 1
        elif (
            not unit.kind
            and "that" in unit.classes
            and j
            and not units[j - 1].kind
            and "say" in units[j - 1].classes
        ):
            break  # "repeated that trust ...": a clause begins
        elif not unit.kind and not unit.classes.isdisjoint(_AROUND) and (j + 1) not in s.lights:
            negated = negated or "no" in unit.classes
            own = own or "poss" in unit.classes
            ours = ours or "our" in unit.classes
            if j in s.lights:
                j -= 1
                break
        elif (
            not unit.known
            and unit.word[:1].isalpha()
            and unknown < 2
            and (not unit.capital or s.title)
            and (j + 1) not in s.lights
        ):
            unknown += 1
        else:
            break
        j -= 1
    first = j + 1
    governor = ""
    lights = s.lights.get(first)
    if lights:
        first, governor = lights[0]
    elif owner >= 0 and (passing := s.lights.get(owner)):
        first, governor = passing[0]
    last = i + 1
    target = -1
    k = i + 1
    if owner < 0 and s.language.adjective_after and k < len(units) and units[k].kind is Kind.ADJECTIVE:
        owner, k, last = k, k + 1, k + 1
    if owner < 0 and s.language.genitive_after:
        n = k
        while n < min(k + 2, len(units)) and "modifier" in units[n].classes and not units[n].kind:
            n += 1
        if n < len(units) and units[n].kind is Kind.ELECTOR:
            owner, k, last = n, n + 1, n + 1
        elif n < len(units) and units[n].kind is Kind.CANDIDATE:
            k, last = n + 1, n + 1
            target = n if units[n].race or stance is not Stance.SUPPORTS else -1
    if owner < 0 and s.language.genitive and k < len(units) and units[k].may_be_elector and governed(s, k):
        owner, k, last = k, k + 1, k + 1  # "die Unterstützung der Türkei"
    going = _going(frames, k) if "ballot" in units[i].classes and not governor else None
    if going is not None and (owner >= 0 or ours):
        target, operators = going
        return _Noun(stance, owner, target, "", i, first, target + 1, negated, own, False, ours, operators)
    steps = 0
    foreign = False
    while k < len(units) and steps < 8:
        unit = units[k]
        steps += 1
        if unit.word in HARD or unit.word == ",":
            break
        if unit.kind is Kind.CANDIDATE and "prep" in unit.classes and target < 0 and not unit.possessed:
            target, k, last = k, k + 1, k + 1  # "apoio a Rutte", where "a" is an article too
            continue
        if unit.kind is Kind.ELECTOR and "prep" in unit.classes and target < 0 and owner < 0:
            foreign = True  # "veto à Suécia"
            break
        if unit.kind or unit.classes.isdisjoint(("prep", "of", "link", "by", "at")):
            after = ("adv", "time", "modifier", "poss") if s.language.adjective_after else ("adv", "time")
            if not unit.kind and not unit.classes.isdisjoint(after):
                k += 1
                continue
            break
        n = k + 1
        if s.language.genitive_after and n < len(units) and "of" in units[n].classes and not units[n].kind:
            n += 1  # "împotriva lui", "wobec"
        while n < len(units) and n < k + 4 and units[n].skippable and not _alone(units, n):
            n += 1
        if n >= len(units):
            break
        noun = units[n]
        if (
            noun.may_be_candidate
            and target < 0
            and ("of" not in unit.classes or stance is not Stance.SUPPORTS or noun.race or not noun.dual)
        ):
            target, k, last = n, n + 1, n + 1
        elif noun.may_be_elector and owner < 0 and _modifies(units, n):
            break  # "the backing of Johnson loyalists"
        elif noun.may_be_elector and owner < 0 and not unit.classes.isdisjoint(("of", "source", "by")):
            owner, k, last = n, n + 1, n + 1
            k = _joint(units, n)
            last = k
        elif "time" in noun.classes or noun.word.isdigit():
            k = n + 1
        elif noun.may_be_candidate and target < 0:
            target, k, last = n, n + 1, n + 1
        else:
            named = "topic" in noun.classes or (noun.capital and not noun.known)
            foreign = (
                target < 0
                and (
                    "toward" in unit.classes
                    or (named and stance is Stance.OPPOSES and "over" in unit.classes)
                    or (s.language.drops and _about(unit))
                )
                and noun.kind is not Kind.BODY
                and "role" not in noun.classes
            )
            break
    return _Noun(stance, owner, target, governor, i, first, last, negated, own, foreign, ours)


def _sought_for_another(frames: Frames, noun: _Noun) -> bool:
    """ "Kenya drums up support for X": whoever seeks it for somebody else gives its own."""
    if noun.target < 0 or noun.owner >= 0 or noun.stance is not Stance.SUPPORTS:
        return False
    who = subject(frames.sentence, chain(frames.sentence, noun.first).start, frames.discourse)
    return who is not None and bool(who.electors) and not who.candidates


def _alone(units: list[Unit], n: int) -> bool:
    """ "Pledged their votes to her": a pronoun with nothing after it that it could own."""
    after = units[n + 1] if n + 1 < len(units) else None
    ends = after is None or after.word in HARD or after.word == "," or not after.classes.isdisjoint(_TURNS)
    return "him" in units[n].classes and ends


def _modifies(units: list[Unit], n: int) -> bool:
    """The name stands before a noun of its own that we do not know ("Johnson loyalists")."""
    after = units[n + 1] if n + 1 < len(units) else None
    plain = after is not None and not after.known and not after.capital and after.word.isalpha()
    return plain and units[n].head is Head.PERSON


def _going(frames: Frames, at: int) -> tuple[int, tuple[str, ...]] | None:
    """Where a vote goes ("will go to X", "is for X", "will be hers"): the unit that tells, and operators."""
    s = frames.sentence
    units = s.units
    effects: list[str] = []
    k = at
    verb = False
    for _ in range(_LONGEST_WAY):
        step = max(
            (end for end, found in s.operators.items() for start, _ in found if start == k), default=-1
        )
        if step > k and (k >= len(units) or "toward" not in units[k].classes):
            told = next(effect for start, effect in s.operators[step] if start == k).split("+")
            effects = [*told, *effects]
            verb = verb or "cop" in told
            k = step
        elif k < len(units) and not units[k].kind and "goes" in units[k].classes and not verb:
            verb, k = True, k + 1
        elif k < len(units) and not units[k].kind and "adv" in units[k].classes:
            k += 1
        else:
            break
    if not verb or k >= len(units):
        return None
    if not units[k].kind and "hers" in units[k].classes:
        return k, tuple(effects)
    if units[k].kind or units[k].classes.isdisjoint(("toward", "with")):
        return None
    k += 1
    while k < len(units) and units[k].skippable:
        k += 1
    return (k, tuple(effects)) if k < len(units) and units[k].may_be_candidate else None


def _claim(frames: Frames, noun: _Noun) -> None:
    s = frames.sentence
    units = s.units
    if noun.foreign:
        frames.refuse(noun.first, noun.last, "toward something else")
        return
    if not noun.governor and noun.target < 0 and "ballot" in units[noun.at].classes:
        frames.refuse(noun.first, noun.last, "a vote on we know not what")
        return
    if noun.governor == "seek" and not _sought_for_another(frames, noun):
        frames.refuse(noun.first, noun.last, "support that is only sought")
        return
    links = chain(s, noun.first)
    effects = [*noun.going, *links.effects]
    if noun.negated and noun.stance is Stance.OPPOSES and noun.target < 0 and not noun.governor:
        frames.refuse(noun.first, noun.last, "an objection that there is not, to nobody that is named")
        return
    if any(not u.kind and "later" in u.classes for u in units[noun.first : noun.at]):
        effects.insert(0, "expect")  # "will announce its support on Friday"
    if noun.negated:
        effects.insert(0, "absent" if noun.stance is Stance.SUPPORTS else "neg")
    who = _owner(frames, noun)
    if who is None and noun.ours:
        who = bearers.ours(frames, noun.first, noun.last)
    first = subject(s, links.start, frames.discourse) if noun.governor else None
    if who is not None and "his_state" in units[noun.owner].classes and first is not None and first.electors:
        who = first  # "X assured Y of his country's support": X's
    elif who is not None and "his_state" in units[noun.owner].classes and _candidates_own(frames, who):
        frames.refuse(noun.first, noun.last, "the candidate's own country, or somebody else's")
        return
    candidates: tuple[str, ...] = ()
    low = links.start
    stance = noun.stance
    past: Stance | None = None
    governor = noun.governor
    personal = any("his" in u.classes for u in units[noun.first : noun.at] if not u.kind)
    if (
        governor == "have"
        and who is None
        and first is not None
        and first.candidates
        and noun.own
        and not personal
    ):
        # "Ankara said that the premier has its vote"
        near = frames.discourse.elector(s, first.at, person=False)
        if near is not None and not set(near.electors) & set(first.electors):
            who = Subject(near.electors, (), near, -1, pronoun=True)
    if governor == "have" and noun.own and personal and first is not None and first.candidates:
        # "X said that Y has his vote": the speaker's, where persons vote
        source = frames.source(noun.at)
        theirs = source.electors if source is not None and frames.discourse.roster.by_person else ()
        if theirs and not set(theirs) & set(first.electors):
            unit = replace(units[noun.at], kind=Kind.ELECTOR, electors=theirs, head=Head.PERSON)
            who = Subject(theirs, (), unit, -1, pronoun=True)
    if governor == "have":
        if first is None or first.candidates or who is not None:
            governor = (
                "get" if who is not None or (first and first.candidates and not first.electors) else "give"
            )
        else:
            governor = "give"
        if governor == "give" and stance is Stance.SUPPORTS and not noun.negated:
            frames.refuse(noun.first, noun.last, "support that the elector has")
            return
    if first is not None and first.candidates and (who is not None or noun.governor == "get"):
        candidates = first.candidates
        low = min(low, first.at)
    if (
        who is not None
        and who.pronoun
        and first is not None
        and first.candidates
        and first.electors == who.electors
    ):
        # "said that X will not get his country's vote": the country is the speaker's
        source = frames.source(noun.at)
        if source is not None and source.electors and source.electors != who.electors:
            who = replace(who, electors=source.electors, unit=replace(who.unit, electors=source.electors))
    if governor in ("give", "hold", "seek") or (governor == "drop" and who is None):
        if who is None:
            who = first
            if first is not None and first.candidates and not first.electors:
                who = None
            if who is None and s.language.drops:
                who = bearers.dropped(frames, links.start)
        candidates = candidates if who is not first else ()
    if (
        who is not None
        and who is first
        and any("say" in u.classes for u in units[noun.first : noun.at] if not u.kind)
    ):
        # "announced its support": the elector itself has said so.
        who = replace(who, unit=replace(who.unit, head=Head.OFFICE))
    if who is None or not who.electors:
        frames.refuse(noun.first, noun.last, "nobody's that we can tell")
        return
    if bearers.asked(frames, who.at, links.effects, links.start):
        frames.refuse(noun.first, noun.last, "somebody wants it of the elector")
        return
    if noun.target < 0 and "vague_noun" in units[noun.at].classes and governor not in ("get", "hold", "lack"):
        frames.refuse(noun.first, noun.last, "toward nobody that is named")
        return
    if not governor and stance is not Stance.SUPPORTS and _over(frames, noun.last):
        governor = "drop"
    if governor == "drop":
        past = stance
        stance = Stance.UNDECIDED if stance is Stance.SUPPORTS else Stance.LEANS_SUPPORT
    elif governor in ("hold", "lack"):
        if stance is not Stance.SUPPORTS:
            frames.refuse(noun.first, noun.last, "an objection that is lacking")
            return
        stance = Stance.UNDECIDED
    predicate = Predicate(
        id=f"{s.language.code}.noun.{governor or 'plain'}",
        stance=stance,
        past=past,
        silence=governor == "lack",
        confidence=0.93 if governor else 0.88,
    )
    if noun.target >= 0:
        candidates = ()
    if noun.target < 0 and not candidates and first is not None and first.candidates and not governor:
        candidates = first.candidates
    if governor == "get" and noun.target < 0 and not candidates and first is None and s.language.drops:
        one = frames.discourse.candidate(s, noun.first, who.electors)
        candidates = (one,) if one else ()
    if governor == "get" and noun.target < 0 and not candidates and first is None:
        after = bearers.ahead(frames, noun.last)  # "Fort du soutien de Londres, X ..."
        candidates = units[after].candidates if after >= 0 else ()
    if governor == "get" and noun.target < 0 and not candidates:
        frames.refuse(noun.first, noun.last, "its subject is no candidate")
        return
    if not governor:
        # "Ankara's yes will come on Friday", "may come": not yet, or perhaps
        ahead = [e for start, e in s.operators.get(noun.last + 1, ()) if start == noun.last]
        effects = [
            *effects,
            *("expect" if e in ("will", "would") else e for e in ahead if e in ("will", "would", "may")),
        ]
    if not governor and _denied(units, noun.last):
        effects = ["refuse", *effects]
    if not governor and any("pending" in u.classes for u in units[noun.last : noun.last + 5] if not u.kind):
        effects = ["absent", *effects]  # "its consent is still missing"
    judgement.claim(
        frames, noun.first, noun.last, predicate, effects, min(low, noun.first), who, noun.target, candidates
    )


def _over(frames: Frames, at: int) -> bool:
    """ "Its resistance to X is over"."""
    units = frames.sentence.units
    ends = any(not u.kind and "ended" in u.classes for u in units[at : at + 4])
    if any(not u.kind and "vanished" in u.classes for u in units[at : at + 4]):
        return True
    return ends and any(
        start == at and "cop" in effect.split("+")
        for found in frames.sentence.operators.values()
        for start, effect in found
    )


def _candidates_own(frames: Frames, who: Subject) -> bool:
    """ "His country" may be that of a candidate of this sentence."""
    duals = {e for u in frames.sentence.units if u.kind is Kind.CANDIDATE for e in u.dual}
    return bool(duals & set(who.electors))


def _denied(units: list[Unit], i: int) -> bool:
    """ "Its consent is out of the question": what is said of the noun takes it back."""
    return any(not u.kind and "denial" in u.classes for u in units[i : i + 5])


def _owner(frames: Frames, noun: _Noun) -> Subject | None:
    if noun.owner < 0:
        return None
    unit = frames.sentence.units[noun.owner]
    if unit.kind in (Kind.VOICE, Kind.WORD):
        return bearers.voice(frames, noun.owner)
    return Subject(unit.electors or unit.dual, (), unit, noun.owner)
