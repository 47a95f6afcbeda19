"""Clauses of languages whose verb stands second or last: their bounds, whose each is, what governs it.

"Ungarn, das ihn lange abgelehnt hatte, stellt sich nun hinter ihn": the subject of the last stretch stands
before the aside. "Ungarn ist nicht bereit, ihn zu unterstützen": the first stretch governs the second.
"""

from __future__ import annotations

from tracker.extraction.arguments import Subject, subject
from tracker.extraction.discourse import Discourse
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import HARD, Head, Kind, Unit

_FINITE = frozenset(["pres", "past"])
_GOVERNORS = frozenset(
    [
        "neg",
        "refuse",
        "deny",
        "absent",
        "weigh",
        "hesitate",
        "null",
        "may",
        "expect",
        "lean",
        "would",
        "unsure",
        "cease",
    ]
)
_OVER_THAT = frozenset(["refuse", "deny", "null"])
_LONGEST_OPENING = 3
_PREPOSITIONS = frozenset(["prep", "of", "link", "at", "by"])


def clause(units: list[Unit], at: int) -> tuple[int, int]:
    """The stretch around unit `at` between commas, stops and conjunctions that part clauses."""
    low = at
    while low > 0 and (not _parts(units[low - 1]) or _apposed(units, low - 1)):
        low -= 1
    high = at + 1
    while high < len(units) and (not _parts(units[high]) or _apposed(units, high)):
        high += 1
    for i in range(low + 1, high - 1):
        if not units[i].kind and "and" in units[i].classes and _two(units, low, i, high):
            if i < at:
                low = i + 1
            elif i > at:
                return low, i
    return low, high


def _apposed(units: list[Unit], comma: int) -> bool:
    """The comma only sets off a candidate's name ("schickt den Chef der Behörde, X, ins Rennen")."""
    if units[comma].word != ",":
        return False
    for name in (comma + 1, comma - 1):
        inside = 2 <= name < len(units) - 1 and units[name].kind is Kind.CANDIDATE
        if inside and units[name - 1].word == "," and units[name + 1].word == ",":
            return not units[name - 2].kind and not any(map(finite, units[name - 2 : name - 1]))
    return False


def _parts(unit: Unit) -> bool:
    return unit.word in HARD or unit.word == "," or (not unit.kind and "split" in unit.classes)


def finite(unit: Unit) -> bool:
    """The unit may be a finite verb."""
    if unit.kind or (unit.capital and unit.first):
        return False  # where nouns have capitals, this is one
    return "aux" in unit.classes or any(forms & _FINITE for forms in unit.lemmas.values())


def _two(units: list[Unit], low: int, conjunction: int, high: int) -> bool:
    """A conjunction joins two clauses when each side has a finite verb of its own."""
    return any(map(finite, units[low:conjunction])) and any(map(finite, units[conjunction + 1 : high]))


def ends_clause(units: list[Unit], at: int, high: int) -> bool:
    """Unit `at` closes its clause, but for adverbs, times, a phrase put after it and another clause."""
    for unit in units[at + 1 : high]:
        if unit.kind or unit.classes.isdisjoint(("adv", "time")):
            return finite(unit) or (
                not unit.kind and not unit.classes.isdisjoint(("and", "that", "prep", "inf_mark"))
            )
    return True


def infinitive(units: list[Unit], low: int, high: int) -> bool:
    """An infinitive clause ("ihn zu unterstützen", "om hem te steunen"): its subject stands outside."""
    for i in range(low, high):
        unit = units[i]
        if unit.kind:
            continue
        if any("zu" in forms for forms in unit.lemmas.values()):
            return True
        if (
            "inf_mark" in unit.classes
            and i + 1 < high
            and any("base" in forms for forms in units[i + 1].lemmas.values())
        ):
            return not any(map(finite, units[low:i]))
    return False


def _headless(units: list[Unit], low: int, high: int) -> bool:
    """The verb comes first: the subject is that of the clause before ("..., stellt sich nun hinter ihn")."""
    for unit in units[low : min(low + _LONGEST_OPENING, high)]:
        if finite(unit):
            return True
        if unit.kind or unit.classes.isdisjoint(("adv", "time")):
            return False
    return False


def shared(sentence: Sentence, low: int, high: int, discourse: Discourse) -> Subject | None:
    """The subject of a clause that names none: an infinitive's, a relative's or a second predicate's."""
    units = sentence.units
    if low == 0:
        return None
    if infinitive(units, low, high):
        return subject(sentence, low, discourse) or _before(sentence, low, discourse)
    if units[low - 1].word == "," and "rel" in opening(sentence, low) and finite(units[high - 1]):
        before = units[low - 2]
        if before.kind is Kind.ELECTOR and not before.possessed:
            return Subject(before.electors, (), before, low - 2)
        return (
            _predicative(sentence, low, discourse)
            if before.classes & {"country_noun", "group_noun"}
            else None
        )
    if _headless(units, low, high):
        return _before(sentence, low, discourse) or subject(sentence, low, discourse)
    return None


def opening(sentence: Sentence, i: int) -> frozenset[str]:
    """The classes of the first word of unit `i`."""
    word = sentence.language.words.get(sentence.units[i].word.split(" ", 1)[0])
    return word.classes if word is not None else frozenset()


def _predicative(sentence: Sentence, low: int, discourse: Discourse) -> Subject | None:
    """ "Ungarn ist das einzige Land, das ...": whoever the land is said to be."""
    start, _ = clause(sentence.units, max(low - 2, 0))
    said = any(
        "cop" in effect
        for end, found in sentence.operators.items()
        if start < end < low
        for _, effect in found
    )
    return _before(sentence, low, discourse) if said else None


def _before(sentence: Sentence, low: int, discourse: Discourse) -> Subject | None:
    """The bare elector of the clause before."""
    units = sentence.units
    start, end = clause(units, max(low - 2, 0))
    if start and units[start - 1].word == "," and "rel" in opening(sentence, start):
        return None
    for i in range(start, min(end, low)):
        unit = units[i]
        bare = not unit.possessed and not governed(sentence, i)
        if unit.kind is Kind.ELECTOR and bare:
            return Subject(unit.electors, (), unit, i, shared=True)
    return None


def governed(sentence: Sentence, i: int, *, dative: bool = True) -> bool:
    """A preposition stands before the unit, or its article says that it is no subject.

    dative  whether an article of the dative counts: a candidate may well be an object in that case
    """
    units = sentence.units
    if i and not units[i - 1].kind and not units[i - 1].classes.isdisjoint(_PREPOSITIONS):
        return True
    first = opening(sentence, i)
    if not dative:
        return "owning" in first and not units[i].race
    if "oblique" in first and not units[i].race:
        return True
    return "oblique_fem" in first and (units[i].head in (Head.NAME, Head.BLOC) or "fem" in units[i].classes)


def governing(sentence: Sentence, low: int, high: int) -> list[str]:
    """Effects of the clause before on an infinitive or a that-clause that it governs."""
    units = sentence.units
    if low > 2 and "and" in units[low - 1].classes and not units[low - 1].kind and finite(units[low - 2]):
        # "... voor X zich terugtrekt en Y Z bijvalt": the second of two clauses under one verb
        start, _ = clause(units, low - 2)
        return [
            entries[0][1]
            for end, entries in sentence.operators.items()
            if start < end < low and entries[0][1] in ("expect", "null")
        ]
    if low < 2 or units[low - 1].word != ",":
        return []
    that = not units[low].kind and "that" in units[low].classes
    if not that and not infinitive(units, low, high):
        return []
    start, _ = clause(units, low - 2)
    wanted = _OVER_THAT if that else _GOVERNORS
    found = []
    for end, entries in sorted(sentence.operators.items(), reverse=True):
        if start < end <= low - 1:
            first, effect = entries[0]
            if first >= start and wanted & set(effect.split("+")):
                found.append(effect)
    return found


def conditional(sentence: Sentence) -> tuple[int, int] | None:
    """A clause opened by a word that means "if" only there ("Als hij ..., steunt Hongarije hem")."""
    units = sentence.units
    for i, unit in enumerate(units[:-1]):
        if unit.kind or "if_opening" not in unit.classes:
            continue
        _, high = clause(units, i)
        inverted = high + 1 < len(units) and units[high].word == "," and finite(units[high + 1])
        opens = (i == 0 or units[i - 1].word == ",") and (inverted or finite(units[high - 1]))
        if opens or not units[i + 1].classes.isdisjoint(("he", "it", "they", "we")):
            return i, high
    return None
