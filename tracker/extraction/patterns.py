"""Patterns: the small notation that lexicon files are written in, and how it is matched.

    back|backs        one of these words             {back}      any form of that verb
    <a&b>             of both classes
    {back:part}       only those forms               <poss>      a word of that class
    ~                 up to three words, no comma    word?       may be missing
    C                 a candidate (C? may be missing, and then is looked for in context)
    D                 another candidate, who is left for C ("from D to C")
    C's               a candidate who owns what follows ("Rutte's" corner, "his" corner)
    E                 an elector or a list of them
    E's               an elector who owns what follows ("Berlin's" favourite, "her" choice, "Turkish" backing)
    EC                a phrase for somebody's choice ("London's choice"); the elector is its owner
    EE                the same, but no candidate who may also speak for one
    word$             in a bag: the last word of its clause

Matching is a walk with bounded steps: no pattern is longer than `LONGEST`, no gap wider than `GAP`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from tracker.extraction.units import Unit

Entry = TypeVar("Entry")

_ELECTORS = {"E": "", "EE": "other", "E's": "owner", "EC": "choice_of"}
GAP = 3
LONGEST = 14
Kind = Literal["words", "lemma", "class", "gap", "C", "D", "E"]
_ONE = frozenset(["words", "lemma", "class"])


@dataclass(frozen=True, slots=True)
class Element:
    kind: Kind
    words: frozenset[str] = frozenset()
    name: str = ""
    forms: frozenset[str] = frozenset()
    optional: bool = False
    both: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pattern ended, and the units that fill its slots."""

    end: int
    candidate: int = -1
    elector: int = -1
    left: int = -1


class PatternError(ValueError):
    """A lexicon file has a pattern that cannot be read."""


def parse(text: str) -> tuple[Element, ...]:
    """The elements of a pattern. Raises PatternError."""
    elements = tuple(_element(part) for part in text.split())
    if not elements or len(elements) > LONGEST:
        raise PatternError(f"pattern {text!r} must have 1 to {LONGEST} parts")
    return elements


@cache
def _element(part: str) -> Element:
    optional = len(part) > 1 and part.endswith("?")
    if optional:
        part = part[:-1]
    if part == "~":
        return Element("gap", optional=True)
    if part == "C's":
        return Element("C", name="owner", optional=optional)
    if part in ("C", "D"):
        return Element("C" if part == "C" else "D", optional=optional)
    if part in _ELECTORS:
        return Element("E", name=_ELECTORS[part], optional=optional)
    if part[0] == "{" and part[-1] == "}":
        name, _, forms = part[1:-1].partition(":")
        return Element("lemma", name=name, forms=frozenset(filter(None, forms.split("+"))), optional=optional)
    if part[0] == "<" and part[-1] == ">":
        name = part[1:-1]
        return Element("class", name=name, optional=optional, both=tuple(name.split("&")))
    if part[0] in "{<" or part[-1] in "}>":
        raise PatternError(f"pattern part {part!r} is not closed")
    last = len(part) > 1 and part.endswith("$")
    words = frozenset((part[:-1] if last else part).split("|"))
    return Element("words", words=words, name="last" if last else "", optional=optional)


def match(units: Sequence[Unit], at: int, elements: Sequence[Element], k: int = 0) -> Found | None:
    """Match `elements` from unit `at`; the first way found, shortest gaps first."""
    n, last = len(units), len(elements)
    while True:
        if k == last:
            return Found(at)
        element = elements[k]
        if element.optional or at >= n or element.kind not in _ONE:
            break
        if k and elements[k - 1].kind == "lemma" and "around" in units[at].classes:
            break
        if not _is(units[at], element):
            return None
        at += 1
        k += 1
    if element.kind == "gap":
        for width in range(GAP + 1):
            found = match(units, at + width, elements, k + 1)
            if found:
                return found
            if at + width >= len(units) or units[at + width].bars:
                return None
        return None
    if at < len(units):
        step = _step(units, at, element)
        if step is not None:
            found = match(units, step[0], elements, k + 1)
            if found:
                if step[1] == "C":
                    return replace(found, candidate=step[0] - 1)
                if step[1] == "D":
                    return replace(found, left=step[0] - 1)
                if step[1] == "E":
                    return replace(found, elector=step[0] - 1)
                return found
    if element.optional:
        found = match(units, at, elements, k + 1)
        if found:
            return found
    if k and elements[k - 1].kind == "lemma" and at < len(units) and "around" in units[at].classes:
        stop = at + 1  # "ne barre pas encore la route": half of a negation
        while stop < len(units) and not units[stop].kind and "sofar" in units[stop].classes:
            stop += 1
        return match(units, stop, elements, k)
    return None


def _step(units: Sequence[Unit], at: int, element: Element) -> tuple[int, str] | None:
    unit = units[at]
    kind = element.kind
    if kind in _ONE:
        return (at + 1, "") if _is(unit, element) else None
    stop = min(at + 3, len(units))
    for j in range(at, stop):
        other = units[j]
        if kind == "C" and (other.owns_as_candidate if element.name else other.may_be_candidate):
            if j > at and not other.kind and "nobody" in other.classes and "both" not in other.classes:
                return None  # "with the man who ...", unlike "with nobody"
            return j + 1, "C"
        if kind == "D" and other.kind == "candidate" and not other.race:
            return j + 1, "D"
        if kind == "E" and _elects(other, element.name):
            return j + 1, "E"
        if not other.skippable:
            return None
    return None


def _is(unit: Unit, element: Element) -> bool:
    """Whether one unit is the word, form or class that an element asks for."""
    if element.kind == "words":
        return unit.word in element.words
    if element.kind == "lemma":
        forms = unit.lemmas.get(element.name)
        return forms is not None and not (element.forms and element.forms.isdisjoint(forms))
    return all(name in unit.classes or name == unit.kind for name in element.both)


def _elects(unit: Unit, how: str) -> bool:
    """Whether the unit can fill an elector's place that asks for `how` it stands there."""
    if how == "owner":
        if not unit.kind:
            return "his" in unit.classes
        if unit.kind == "adjective":
            return bool(unit.electors)
        return unit.possessed and (unit.kind in ("elector", "voice") or bool(unit.dual))
    if how == "choice_of":
        return how in unit.classes
    return unit.may_be_elector and not (how and unit.kind == "candidate")


Keys = frozenset[str]
Pattern = tuple[tuple[Element, ...], Entry, tuple[Keys, ...]]
"""What to match, what it means, and what a sentence must hold for it to be worth a try (`wants`)."""

# What a unit that fills a slot has for a kind or class; a superset will do.
_CANDIDATES = frozenset(
    ["candidate", "voice", "elector", "race", "his", "him", "both", "nobody", "rival", "favourite",
     "own_candidate", "first_of_two", "second_of_two"]
)  # fmt: skip
_ELECTORS_HELD = frozenset(["elector", "voice", "adjective", "candidate", "his", "his_state", "choice_of"])


@dataclass(frozen=True, slots=True)
class Index(Generic[Entry]):
    """Patterns by their first word, lemma or class."""

    by_word: Mapping[str, tuple[Pattern[Entry], ...]]
    by_class: Mapping[str, tuple[Pattern[Entry], ...]]


def wants(elements: Sequence[Element]) -> tuple[Keys, ...]:
    """For each element after the first that may not be missing: the sentence holds one of these."""
    found: list[tuple[int, Keys]] = []
    for element in elements[1:]:
        if element.optional:
            continue
        match element.kind:
            case "words":
                found.append((0, element.words))
            case "lemma":
                found.append((1, frozenset((element.name,))))
            case "class":
                found.append((2, frozenset(element.both[:1])))
            case "E":
                found.append((3, _ELECTORS_HELD))
            case "C" | "D":
                found.append((3, _CANDIDATES))
    # What is least often there is asked first.
    return tuple(keys for _, keys in sorted(found, key=lambda each: each[0]))


def present(units: Iterable[Unit]) -> Set[str]:
    """The words, verbs, classes and kinds of a sentence, for `find`."""
    found: set[str] = set()
    for unit in units:
        found.add(unit.word)
        if unit.kind:
            found.add(unit.kind)
        if unit.classes:
            found.update(unit.classes)
        if unit.lemmas:
            found.update(unit.lemmas)
    return found


def find(
    index: Index[Entry], units: Sequence[Unit], at: int, held: Set[str] | None = None
) -> list[tuple[Found, Entry]]:
    """Every pattern that matches at unit `at`.

    held  what is `present` in the units: patterns that want something else are not tried
    """
    unit = units[at]
    found: list[tuple[Found, Entry]] = []
    patterns = index.by_word.get(unit.word)
    if patterns is not None:
        _try(patterns, units, at, held, found)
    if index.by_class and (unit.kind in index.by_class or not unit.classes.isdisjoint(index.by_class)):
        for name, patterns in index.by_class.items():
            if name in unit.classes or name == unit.kind:
                _try(patterns, units, at, held, found)
    return found


def _try(
    patterns: Iterable[Pattern[Entry]],
    units: Sequence[Unit],
    at: int,
    held: Set[str] | None,
    found: list[tuple[Found, Entry]],
) -> None:
    for elements, entry, wanted in patterns:
        if held is not None:
            for keys in wanted:
                if keys.isdisjoint(held):
                    break
            else:
                hit = match(units, at, elements)
                if hit:
                    found.append((hit, entry))
            continue
        hit = match(units, at, elements)
        if hit:
            found.append((hit, entry))
