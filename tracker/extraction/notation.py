"""Notation: the small language of patterns that lexicon files are written in.

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

No pattern is longer than `LONGEST`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, Literal, TypeVar

Entry = TypeVar("Entry")

_ELECTORS = {"E": "", "EE": "other", "E's": "owner", "EC": "choice_of"}
LONGEST = 14
Kind = Literal["words", "lemma", "class", "gap", "C", "D", "E"]


@dataclass(frozen=True, slots=True)
class Element:
    kind: Kind
    words: frozenset[str] = frozenset()
    name: str = ""
    forms: frozenset[str] = frozenset()
    optional: bool = False
    both: tuple[str, ...] = ()


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
