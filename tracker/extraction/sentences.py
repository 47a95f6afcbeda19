"""A sentence prepared for reading: its units, what was in quotes, its segments, its operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from tracker.extraction.gazetteer import Gazetteer
from tracker.extraction.lexicon import Language
from tracker.extraction.mentions import phrases
from tracker.extraction.notation import Entry, Index
from tracker.extraction.patterns import find, present
from tracker.extraction.roster import Roster
from tracker.extraction.text import Text
from tracker.extraction.tokens import CLOSING, OPENING, Token
from tracker.extraction.units import HARD, Kind, Unit, base
from tracker.items import Field

_MARK_QUOTES = frozenset('"“”„«»‹›‟') | {"''"}


@dataclass(slots=True)
class Sentence:
    """One sentence of one field.

    quoted     for each unit, whether it stands in quotation marks
    segments   for each unit, the number of its segment: stretches between semicolons, colons, dashes
               and words like "but"
    operators  by the position after their last word: (first position, effect)
    """

    field: Field
    number: int
    paragraph: int
    text: Text
    units: list[Unit]
    quoted: list[bool]
    segments: list[int]
    operators: dict[int, list[tuple[int, str]]]
    lights: dict[int, list[tuple[int, str]]]
    question: bool
    title: bool
    language: Language

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets into the shown text of units `first` to `last`, both included."""
        return self.units[first].start, self.units[last].end

    @property
    def bounds(self) -> tuple[int, int]:
        return self.units[0].start, self.units[-1].end

    def shown(self, start: int, end: int) -> str:
        return self.text.shown[start:end]


def prepare(
    tokens: Sequence[Token],
    *,
    field_name: Field,
    number: int,
    paragraph: int,
    text: Text,
    language: Language,
    names: Gazetteer,
    roster: Roster,
    open_quote: bool,
) -> tuple[Sentence | None, bool]:
    """The sentence, and whether a quotation is still open at its end; `None` when it has no words."""
    kept: list[Token] = []
    marks: list[bool] = []
    inside = open_quote
    single = False
    for i, token in enumerate(tokens):
        mark = token.text
        if mark in _MARK_QUOTES:
            inside = mark in OPENING or (mark not in CLOSING and not inside)
            continue
        if mark in ("'", "‘", "’"):
            before = tokens[i - 1] if i else None
            attached = before is not None and before.end == token.start
            if (
                attached
                and not single
                and before is not None
                and before.lower.endswith("s")
                and before.text.isalpha()
            ):
                kept.append(Token("'", "'", "'", token.start, token.end))
                marks.append(inside)
                continue
            single = not attached
            continue
        if mark == "." and 0 < i < len(tokens) - 1 and _shortens(tokens, i, language):
            continue
        kept.append(token)
        marks.append(inside or single)
    if not kept:
        return None, inside
    title = field_name == "title"
    units = phrases(base(kept, language, names), language, roster, title=title)
    _settle(units)
    held = present(units)
    quoted = [marks[unit.first] for unit in units]
    return (
        Sentence(
            field=field_name,
            number=number,
            paragraph=paragraph,
            text=text,
            units=units,
            quoted=quoted,
            segments=_segments(units),
            operators=_ends(units, language.operators, held, lambda o: o.effect),
            lights=_ends(units, language.lights, held, str),
            question=kept[-1].text in ("?", "?!") or any(t.text == "¿" for t in kept[:2]),
            title=title,
            language=language,
        ),
        inside,
    )


def _shortens(tokens: Sequence[Token], stop: int, language: Language) -> bool:
    """The stop at `stop` belongs to an abbreviation or an initial within a sentence ("Rep. Don Bacon")."""
    before = tokens[stop - 1]
    if before.end != tokens[stop].start:
        return False
    last = before.lower.rpartition("-")[2]
    figure = f"{last}#" in language.abbreviations and tokens[stop + 1].text[:1].isdigit()
    return figure or last in language.abbreviations or (len(last) == 1 and before.text[-1:].isupper())


def _settle(units: Sequence[Unit]) -> None:
    """A word that is both a reflexive and "if" (Portuguese "se") is the former before a verb."""
    for i, unit in enumerate(units):
        if not unit.kind and {"if", "clitic"} <= unit.classes:
            after = units[i + 1] if i + 1 < len(units) else None
            verb = after is not None and not after.kind and (after.lemmas or "clitic" in after.classes)
            if i and not units[i - 1].classes.isdisjoint(("say", "asks")):
                verb = False  # "disseram se vão apoiar"
            unit.classes -= {"if", "whether"} if verb else {"clitic", "object"}


def _segments(units: Sequence[Unit]) -> list[int]:
    found = []
    number = 0
    for i, unit in enumerate(units):
        if unit.word in HARD or (unit.word == "-" and 0 < i < len(units) - 1) or "split" in unit.classes:
            number += 1
        found.append(number)
    return found


def _ends(
    units: Sequence[Unit], index: Index[Entry], held: Set[str], named: Callable[[Entry], str]
) -> dict[int, list[tuple[int, str]]]:
    """Matches by the position after their last word: (first position, name), the longest first."""
    found: dict[int, list[tuple[int, str]]] = {}
    for i, unit in enumerate(units):
        if unit.kind and unit.kind is not Kind.BODY:
            continue
        if unit.word not in index.by_word and not index.by_class:
            continue
        for hit, entry in find(index, units, i, held):
            found.setdefault(hit.end, []).append((i, named(entry)))
    for entries in found.values():
        entries.sort()
    return found
