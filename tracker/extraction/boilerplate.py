"""Boilerplate: paragraphs and openings that are not the story: datelines, related links, read-more lines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tracker.extraction.lexicon import Language, Word, language
from tracker.extraction.tokens import STOPS, Token
from tracker.items import Field

_DASHES = frozenset(["-", "–", "—", "--", "―"])
_LONGEST_DATELINE = 14


def trimmed(tokens: list[Token], tongue: Language, field: Field) -> list[Token]:
    """The tokens of a paragraph that tell the story; none when it is boilerplate."""
    if not tokens:
        return tokens
    if field == "title":
        tokens = _without_mistake(tokens, tongue)
    else:
        tokens = _without_tail(_without_dateline(tokens), tongue)
    return tokens


def heads_links(told: list[Token], kept: list[Token]) -> bool:
    """The paragraph is only the heading of a block of links ("Read also:")."""
    return bool(told) and not kept and told[-1].text == ":"


def listed(told: list[Token], *, after: bool) -> bool:
    """The paragraph is one of the links `after` such a heading: a line without a full stop."""
    return after and bool(told) and told[-1].text not in STOPS


def _without_dateline(tokens: list[Token]) -> list[Token]:
    """ "BUDAPEST (Wire) - " at the head of a paragraph."""
    if not tokens or not (tokens[0].upper or (len(tokens[0].text) == 1 and tokens[0].text.isupper())):
        return tokens
    depth = 0
    for i, token in enumerate(tokens[:_LONGEST_DATELINE]):
        if token.text in _DASHES:
            return tokens[i + 1 :] if i else tokens
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth == 0 and not (
            token.upper or token.text in ",./" or token.text[:1].isdigit() or (token.capital and i > 1)
        ):
            return tokens
    return tokens


@cache
def _heads(code: str) -> Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]:
    """The strings that open a block of links, by their first word."""
    found = {}
    for first, strings in language(code).strings.items():
        kept = tuple(s for s in strings if not s[1].classes.isdisjoint(("boilerplate", "boilerplate_line")))
        if kept:
            found[first] = kept
    return found


def _without_mistake(tokens: list[Token], tongue: Language) -> list[Token]:
    """A corrected headline without what it says was wrong ("(not: Slovakia undecided)")."""
    for i, token in enumerate(tokens[:-1]):
        word = tongue.words.get(tokens[i + 1].lower)
        if token.text == "(" and word is not None and "neg" in word.classes:
            close = next((k for k in range(i + 1, len(tokens)) if tokens[k].text == ")"), len(tokens) - 1)
            return tokens[:i] + tokens[close + 1 :]
    return tokens


def _without_tail(tokens: list[Token], tongue: Language) -> list[Token]:
    """Cut at the first word that opens a block of links ("Related:", "Read more")."""
    heads = _heads(tongue.code)
    for i, token in enumerate(tokens):
        for parts, word in heads.get(token.lower, ()):
            if all(i + k < len(tokens) and tokens[i + k].lower == parts[k] for k in range(len(parts))):
                return [] if "boilerplate_line" in word.classes else tokens[:i]
    return tokens
