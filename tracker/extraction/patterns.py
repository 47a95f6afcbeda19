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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from tracker.extraction.units import Unit

Entry = TypeVar("Entry")

_ELECTORS = {"E": "", "EE": "other", "E's": "owner", "EC": "choice_of"}
GAP = 3
LONGEST = 14
Kind = Literal["words", "lemma", "class", "gap", "C", "D", "E"]


@dataclass(frozen=True, slots=True)
class Element:
    kind: Kind
    words: frozenset[str] = frozenset()
    name: str = ""
    forms: frozenset[str] = frozenset()
    optional: bool = False


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
        return Element("class", name=part[1:-1], optional=optional)
    if part[0] in "{<" or part[-1] in "}>":
        raise PatternError(f"pattern part {part!r} is not closed")
    last = len(part) > 1 and part.endswith("$")
    words = frozenset((part[:-1] if last else part).split("|"))
    return Element("words", words=words, name="last" if last else "", optional=optional)


def match(units: Sequence[Unit], at: int, elements: Sequence[Element], k: int = 0) -> Found | None:
    """Match `elements` from unit `at`; the first way found, shortest gaps first."""
    if k == len(elements):
        return Found(at)
    element = elements[k]
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
        return match(units, at + 1, elements, k)  # "ne barre pas la route": half of a negation
    return None


def _step(units: Sequence[Unit], at: int, element: Element) -> tuple[int, str] | None:
    unit = units[at]
    kind = element.kind
    if kind == "words":
        return (at + 1, "") if unit.word in element.words else None
    if kind == "lemma":
        forms = unit.lemmas.get(element.name)
        if forms is None or (element.forms and not (forms & element.forms)):
            return None
        return at + 1, ""
    if kind == "class":
        both = element.name.split("&")
        return (at + 1, "") if all(name in unit.classes or name == unit.kind for name in both) else None
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


@dataclass(frozen=True, slots=True)
class Index(Generic[Entry]):
    """Patterns by their first word, lemma or class."""

    by_word: Mapping[str, tuple[tuple[tuple[Element, ...], Entry], ...]]
    by_class: Mapping[str, tuple[tuple[tuple[Element, ...], Entry], ...]]


def find(index: Index[Entry], units: Sequence[Unit], at: int) -> list[tuple[Found, Entry]]:
    """Every pattern that matches at unit `at`."""
    unit = units[at]
    found = []
    for elements, entry in index.by_word.get(unit.word, ()):
        hit = match(units, at, elements)
        if hit:
            found.append((hit, entry))
    if index.by_class:
        for name in unit.keys:
            for elements, entry in index.by_class.get(name, ()):
                hit = match(units, at, elements)
                if hit:
                    found.append((hit, entry))
    return found
