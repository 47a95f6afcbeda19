"""Patterns: how the notation of lexicon files is matched against the units of a sentence.

Matching is a walk with bounded steps: no pattern is longer than `notation.LONGEST`, no gap wider than `GAP`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from tracker.extraction.notation import Element, Entry, Index, Pattern
from tracker.extraction.units import Unit

GAP = 3
_ONE = frozenset(["words", "lemma", "class"])


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pattern ended, and the units that fill its slots."""

    end: int
    candidate: int = -1
    elector: int = -1
    left: int = -1


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
        if held is not None and any(map(held.isdisjoint, wanted)):
            continue
        hit = match(units, at, elements)
        if hit:
            found.append((hit, entry))
