"""Bags: predicates whose parts stand anywhere in a clause, for languages that part verb and particle.

"Zuvor hatten sich A und B für ihn ausgesprochen": a bag names the verb, then the other parts, each a small
pattern; all must stand in one clause. The elector is the bare name of the clause, and every operator of the
clause bears on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracker.extraction import bearers, judgement
from tracker.extraction.arguments import Subject, pronoun
from tracker.extraction.clauses import (
    clause,
    ends_clause,
    finite,
    governed,
    governing,
    infinitive,
    opening,
    shared,
)
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.notation import Element
from tracker.extraction.patterns import match
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Head, Kind, Unit


@dataclass(frozen=True, slots=True)
class Bagged:
    """A bag found: its clause, the units it takes, the candidate's unit and the part it belongs to."""

    predicate: Predicate
    low: int
    high: int
    verb: int
    words: frozenset[int]
    candidate: int
    elector: int


def read(frames: Frames) -> None:
    """Add the claims that bags make in the sentence."""
    units = frames.sentence.units
    found: list[Bagged] = []
    for i, unit in enumerate(units):
        noun = unit.kind or (unit.lemmas and unit.capital and unit.first) or _noun(units, i)
        entries = () if noun else frames.sentence.language.bags.get(unit.word, ())
        if entries:
            low, high = clause(units, i)
            for parts, predicate in entries:
                if predicate.copula and not _telegraphic(frames.sentence, low, i, high):
                    continue
                bag = _gather(frames.sentence, i, low, high, parts, predicate)
                if bag is not None:
                    found.append(bag)
    found.sort(
        key=lambda b: (
            -len(b.words),
            b.predicate.left == "C" and _parted(frames.sentence, b),
            not _mute(b.predicate),
            b.predicate.past is None,
            b.candidate < 0,
            b.verb,
        )
    )
    kept = []
    for bag in found:
        if not bag.words & frames.taken:
            frames.taken |= bag.words
            kept.append(bag)
    for bag in sorted(kept, key=lambda b: b.verb):
        _claim(frames, bag)


def _telegraphic(s: Sentence, low: int, at: int, high: int) -> bool:
    """A clause without a verb: a headline's ("Auch Rom für Rutte"), or one whose verb went before."""
    gapped = low > 0 and at == low + 1 and s.units[low].kind is Kind.ELECTOR and s.units[low - 1].word == ","
    verb = next((u for u in s.units[low + 1 : at] if s.units[low].kind is Kind.ELECTOR), None)
    if verb is not None and not verb.known and not verb.capital and verb.word[:1].isalpha():
        return False  # an unknown word right after the subject is its verb
    return (s.title or gapped) and not any(map(finite, s.units[low:high]))


def _mute(predicate: Predicate) -> bool:
    """Words of another matter ("needs Ankara's support"): they only keep others from being read here."""
    return predicate.stance is None and not predicate.denied and not predicate.echo


def _noun(units: list[Unit], i: int) -> bool:
    """A noun of stance that looks like a verb ("het verzet")."""
    if units[i].classes.isdisjoint(("pro", "contra", "doubt")) or not i:
        return False
    return not units[i - 1].kind and not units[i - 1].classes.isdisjoint(("det", "poss", "no", "modifier"))


def _gather(
    sentence: Sentence,
    verb: int,
    low: int,
    high: int,
    parts: tuple[tuple[Element, ...], ...],
    predicate: Predicate,
) -> Bagged | None:
    units = sentence.units
    words: set[int] = set()
    candidate = elector = -1
    for n, elements in enumerate(parts):
        hit = None
        for at in (verb,) if n == 0 else (*range(verb + 1, high), *range(verb - 1, low - 1, -1)):
            if at in words:
                continue
            if len(elements) == 1 and elements[0].kind == "C" and governed(sentence, at, dative=False):
                continue
            if elements[0].name == "last" and at < verb and not _before_infinitive(units, at):
                continue
            found = match(units[:high], at, elements)
            if found is not None and (elements[0].name != "last" or ends_clause(units, at, high)):
                hit = (at, found)
                break
        if hit is None:
            return None
        at, found = hit
        if found.candidate >= 0:
            candidate = found.candidate
        if found.elector >= 0:
            elector = found.elector
        slots = [slot for slot in (found.candidate, found.elector) if slot >= 0]
        taken = set(range(at, found.end)) - set(slots)
        for slot in slots:  # what stands between a word and its object is not the bag's
            k = slot - 1
            while k in taken and units[k].skippable and (k > at or len(elements) == 1):
                taken.discard(k)
                k -= 1
        words |= taken
    return Bagged(predicate, low, high, verb, frozenset(words), candidate, elector)


def _before_infinitive(units: list[Unit], at: int) -> bool:
    """ "uit te spreken": the particle of an infinitive stands before it."""
    return at + 1 < len(units) and "inf_mark" in units[at + 1].classes


def _excepted(units: list[Unit], low: int, i: int) -> bool:
    """ "Alle außer Ungarn": whoever is left out."""
    if units[i].kind is not Kind.ELECTOR or i == low or "except" not in units[i - 1].classes:
        return False
    return any(not unit.classes.isdisjoint(("all", "no")) for unit in units[low : i - 1])


def _bare(s: Sentence, low: int, high: int) -> Iterator[int]:
    for i in range(low, high):
        unit = s.units[i]
        if unit.kind in (Kind.ELECTOR, Kind.VOICE) and not unit.possessed and not governed(s, i):
            yield i


def _who(frames: Frames, bag: Bagged) -> Subject | None:
    s = frames.sentence
    units = s.units
    if bag.elector >= 0:
        return _named(frames, bag.elector)
    anchor = bag.candidate if bag.candidate >= 0 and governed(s, bag.candidate) else bag.verb
    left_out = next((i for i in range(bag.low, bag.high) if _excepted(units, bag.low, i)), -1)
    if left_out >= 0:
        nobody = any("no" in unit.classes for unit in units[bag.low : left_out] if not unit.kind)
        return Subject(units[left_out].electors, (), units[left_out], left_out, excepted=not nobody)
    everybody = next(
        (
            i
            for i in range(bag.low, bag.high)
            if i not in bag.words and not units[i].kind and "all" in units[i].classes
        ),
        -1,
    )
    if everybody >= 0 and not any(_bare(s, bag.low, bag.high)):
        # "Bis auf Ungarn, das ..., sind alle für ihn"
        for i in range(1, bag.low):
            if units[i].kind is Kind.ELECTOR and "except" in units[i - 1].classes:
                return Subject(units[i].electors, (), units[i], i, excepted=True)
        return None
    spots = list(_bare(s, bag.low, bag.high))
    left = [i for i in spots if i < anchor]
    if left or spots:
        return _along(s, bag, _named(frames, left[-1] if left else spots[0]))
    for i in range(bag.low, bag.high):
        unit = units[i]
        own = unit.kind is Kind.CANDIDATE and unit.dual and not unit.race and not unit.possessed
        if own and i != bag.candidate and not governed(s, i) and bag.predicate.left == "E":
            return Subject(unit.dual, unit.candidates, unit, i)
    for i in range(bag.low, bag.high):
        if (
            i != bag.candidate
            and not units[i].kind
            and not units[i].classes.isdisjoint(
                ("it", "he", "they", "we", "his_state", "group", "group2", "group3", "group4")
            )
        ):
            found = pronoun(s, i, frames.discourse)
            if found is not None and found.electors:
                return found
    labelled = bag.predicate.copula or (s.title and not any(map(finite, units[bag.low : bag.high])))
    if labelled and (source := frames.source(bag.verb)) and source.electors:
        unit = replace(units[bag.verb], kind=Kind.ELECTOR, electors=source.electors, head=Head.OFFICE)
        return Subject(source.electors, (), unit, bag.verb, pronoun=True)
    found = shared(s, bag.low, bag.high, frames.discourse)
    if found is not None and (found.electors or found.candidates):
        return found
    if any("impersonal" in unit.classes and not unit.kind for unit in units[bag.low : bag.high]):
        for i in range(max(bag.low, 1), bag.high):
            if (
                units[i].kind is Kind.ELECTOR
                and units[i].head is Head.CAPITAL
                and "at" in units[i - 1].classes
            ):
                return Subject(units[i].electors, (), units[i], i)  # "In Bratislava ligt men dwars"
    return bearers.dropped(frames, bag.low) if s.language.drops else None


def _along(s: Sentence, bag: Bagged, who: Subject | None) -> Subject | None:
    """ "Gemeinsam mit Rom ...", "neben Ungarn hat auch die Türkei ...": those it does so with."""
    if who is None or not who.electors:
        return who
    units = s.units
    also = any("too" in unit.classes for unit in units[bag.low : bag.high] if not unit.kind)
    for i in range(bag.low + 1, bag.high):
        before = units[i - 1]
        if units[i].kind is Kind.ELECTOR and not units[i].possessed and not before.kind:
            if "along" in before.classes or (also and "beside" in before.classes):
                return replace(who, electors=tuple(dict.fromkeys((*who.electors, *units[i].electors))))
    return who


def _described(s: Sentence, bag: Bagged) -> bool:
    """A relative clause follows the verb ("keinen Kandidaten unterstützen, der ...")."""
    i = max(bag.verb, bag.candidate) + 1
    if i < len(s.units) and s.units[i].word == ",":
        i += 1
    return i < len(s.units) and "rel" in opening(s, i)


def _named(frames: Frames, at: int) -> Subject | None:
    unit = frames.sentence.units[at]
    if unit.kind is Kind.ELECTOR:
        return Subject(unit.electors, (), unit, at)
    return bearers.voice(frames, at)


def _claim(frames: Frames, bag: Bagged) -> None:
    s = frames.sentence
    units = s.units
    low, high = min(bag.words), max(bag.words) + 1
    if _mute(bag.predicate):
        frames.refuse(low, high, "words of another matter")
        return
    if bag.predicate.left == "C" and infinitive(units, bag.low, bag.high):
        frames.refuse(low, high, "support that is only sought")
        return
    if any(_elsewhere(s, i, bag.words) for i in bag.words):
        frames.refuse(low, high, "toward something else")
        return
    if bag.predicate.echo:
        _echo(frames, bag)
        return
    effects = _effects(s, bag)
    if bag.elector < 0 or infinitive(units, bag.low, bag.high):
        effects.extend(governing(s, bag.low, bag.high))
    who = _who(frames, bag)
    if who is None or not who.electors:
        frames.refuse(low, high, "no elector in its clause")
        frames.taken -= bag.words  # a noun of stance among them may have one of its own
        return
    named = who.unit.members or (who.unit,)
    if bag.predicate.seat and any(unit.head is not Head.CAPITAL for unit in named):
        frames.refuse(low, high, "what people there think")
        return
    at = bag.candidate
    if (
        at >= 0
        and not governed(s, at)
        and who.at > bag.verb > at
        and units[at].kind is Kind.CANDIDATE
        and bag.predicate.left == "E"
    ):
        if "accusative" not in units[at].classes:
            frames.refuse(low, high, "the candidate is its subject", who.electors[0])
            return
    if at >= 0 and "nobody" in units[at].classes and _described(s, bag):
        # "can support no candidate who ...": the one it is all about
        one = frames.discourse.meant(s, bag.low, who.electors)
        if one is None or not ("no" in opening(s, at) or "neg" in effects):
            frames.refuse(low, high, "somebody described, and not one we can tell", who.electors[0])
            return
        flat = tuple(dict.fromkeys(("neg", *(e for effect in effects for e in effect.split("+")))))
        judgement.claim(frames, low, high, bag.predicate, flat, low, who, -1, (one,))
        return
    if at < 0 and not bag.predicate.context and bag.predicate.left == "E":
        frames.refuse(low, high, "no candidate in its clause", who.electors[0])
        return
    candidates: tuple[str, ...] = ()
    if bag.predicate.left == "C" and at < 0:
        first = next(
            (
                i
                for i in range(bag.low, bag.high)
                if units[i].kind is Kind.CANDIDATE and not units[i].possessed and not governed(s, i)
            ),
            -1,
        )
        if _parted(s, bag):
            frames.refuse(low, high, "its verb is another", who.electors[0])
            return
        if first >= 0:
            candidates = units[first].candidates
            low = min(low, first)
        elif _another(s, bag):
            frames.refuse(low, high, "its subject is no candidate", who.electors[0])
            return
        elif not bag.predicate.context:
            one = frames.discourse.candidate(s, bag.low, who.electors)
            candidates = (one,) if one else ()
    flat = _timed(tuple(e for effect in effects for e in effect.split("+")), bag.predicate)
    judgement.claim(frames, low, high, bag.predicate, flat, low, who, at, candidates)


def _effects(s: Sentence, bag: Bagged) -> list[str]:
    """The clause's operators, last first; of two that share words the longer."""
    found = [
        (start, end, effect)
        for end, entries in s.operators.items()
        for start, effect in entries[:1]
        if bag.low <= start and end <= bag.high and not set(range(start, end)) & bag.words
    ]
    kept: list[tuple[int, int, str]] = []
    said: set[tuple[str, str]] = set()
    for start, end, effect in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        word = (s.units[start].word, effect)
        if effect == "neg" and word in said:
            continue  # "noch Hongarije noch Slowakije": one negation
        said.add(word)
        if all(end <= low or start >= high for low, high, _ in kept):
            kept.append((start, end, effect))
    effects = [effect for _, _, effect in sorted(kept, reverse=True)]
    return [*effects, *_none_of(s, bag, {k for start, end, _ in kept for k in range(start, end)})]


def _none_of(s: Sentence, bag: Bagged, used: set[int]) -> list[str]:
    """ "Hat keine Einwände gegen ihn": a noun of stance of which there is none."""
    for i in sorted(bag.words):
        unit = s.units[i]
        if unit.kind or unit.classes.isdisjoint(("pro", "contra", "doubt")):
            continue
        for k in range(i - 1, max(i - 4, bag.low - 1), -1):
            before = s.units[k]
            if k not in used and k not in bag.words and not before.kind and "no" in before.classes:
                return ["absent" if "pro" in unit.classes else "neg"]
            if not before.skippable:
                break
    return []


def _echo(frames: Frames, bag: Bagged) -> None:
    """ "Estland zog nach", "schloss sich Litauen an": what was said last, of it and of those it joins."""
    s = frames.sentence
    low, high = min(bag.words), max(bag.words) + 1
    last = next((said for at, said in reversed(frames.told) if at < bag.verb), frames.before)
    named = [i for i in range(bag.low, bag.high) if s.units[i].kind]
    joined = s.units[bag.elector] if bag.elector >= 0 else None
    who = _who(frames, replace(bag, elector=-1) if joined is None else _without(s, bag))
    if joined is not None and who is not None and set(who.electors) & set(joined.electors):
        joined = None
    things = [u for u in s.units[bag.low : bag.high] if not u.known and u.word[:1].isalpha()]
    alone = len(named) <= 1 + (joined is not None) and not things
    if last is None or who is None or not who.electors or not alone:
        frames.refuse(low, high, "nothing that it could point back at")
        return
    effects = tuple(e for effect in _effects(s, bag) for e in effect.split("+"))
    if last[1].stance.polarity < 0 or {"neg", "absent", "refuse"} & set(effects):
        frames.refuse(low, high, "nothing that it could point back at")
        return
    if "may" in effects:
        effects = (*effects, "expect")  # "may follow": it has not
    more = joined.electors if joined is not None else ()
    who = replace(who, electors=tuple(dict.fromkeys((*who.electors, *more))))
    told = replace(bag.predicate, stance=last[1].stance, echo=False)
    judgement.claim(frames, low, high, told, _timed(effects, told), low, who, -1, last[2])


def _without(s: Sentence, bag: Bagged) -> Bagged:
    """The bag as though whom it joins were not named in its clause."""
    high = bag.elector if bag.elector > bag.verb else bag.high
    return replace(bag, elector=-1, high=max(high, bag.verb + 1))


def _parted(s: Sentence, bag: Bagged) -> bool:
    """ "Hat die Unterstützung Bulgariens erbeten": "hat" only helps a participle at the end."""
    units = s.units
    if "aux" not in units[bag.verb].classes or bag.verb in range(bag.high - 1, bag.high):
        return False
    end = bag.high - 1
    while end > bag.verb and not units[end].kind and not units[end].word[:1].isalpha():
        end -= 1
    last = units[end]
    if last.kind or end in bag.words or last.capital or end <= bag.verb:
        return False
    return any("part" in forms for forms in last.lemmas.values()) or not last.known


def _another(s: Sentence, bag: Bagged) -> bool:
    """Somebody else is the subject of what a candidate would have to be ("Insider rechnen mit ...")."""
    kinds = (Kind.ELECTOR, Kind.UNNAMED, Kind.OUTLET, Kind.OUTSIDER)
    return any(
        s.units[i].kind in kinds and not s.units[i].possessed and not governed(s, i)
        for i in range(bag.low, bag.high)
        if i not in (bag.elector, bag.elector - 1)
    )


def _elsewhere(s: Sentence, i: int, taken: frozenset[int]) -> bool:
    """ "Unterstützung bei der Beschaffung von Munition": what the noun of stance is for is no candidacy."""
    units = s.units
    if units[i].kind or units[i].classes.isdisjoint(("pro", "contra")):
        return False
    at = next((k for k in range(i + 1, len(units)) if k not in taken), len(units))
    if at + 1 >= len(units) or units[at].kind or not {"prep", "over"} <= units[at].classes:
        return False
    n = at + 1
    while n < len(units) and n < at + 4 and units[n].skippable and units[n].classes:
        n += 1
    if n + 1 >= len(units) or units[n].kind or units[n].known or not units[n].word[:1].isalpha():
        return False
    return not units[n + 1].kind and "of" in units[n + 1].classes


def _timed(effects: tuple[str, ...], predicate: Predicate) -> tuple[str, ...]:
    """ "Zuvor hatten sich A und B für ihn ausgesprochen" still holds; "hatte ihn abgelehnt" is over."""
    if "pluperfect" not in effects:
        return effects
    over = predicate.stance is not None and predicate.stance.polarity < 0
    return tuple("had" if e == "pluperfect" else e for e in effects if over or e != "pluperfect")
