"""Tokens: words and marks of a text, folded for comparison, and the sentences they make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

LONGEST_SENTENCE = 220
"""Tokens; a longer stretch is cut, so that no work is ever more than linear in the text."""

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,:]\d+)*(?:st|nd|rd|th|%)?"
    r"|[^\W_]+(?:[\u00ad\u200b-\u200f\u2060\ufeff-]*(?:['’ʼ`´‐‑-](?=[^\W_]))?[^\W_\u200b]+){0,24}"
    r"|\.{2,}|--+|[^\w\s]|_"
)
_QUOTES = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-"}
# Joiners, and the marks that only turn the direction of writing (Unicode, UAX #9).
_INVISIBLE = dict.fromkeys(
    (0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
_TRANSLATE = str.maketrans(_QUOTES) | _INVISIBLE
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
)
OPENING = frozenset("“«„‹")
CLOSING = frozenset("”»›")
STOPS = frozenset([".", "!", "?", "…", "...", "..", "....", "?!", "。"])


class Token(NamedTuple):
    """One word or mark.

    lower   lower case, composed, apostrophes straight: what lexicons are written in
    fold    the same without diacritics: what names are compared by
    start, end  offsets into the text as shown
    """

    text: str
    lower: str
    fold: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def upper(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()


@lru_cache(maxsize=65536)
def lower(text: str) -> str:
    """Lower case, composed, with straight apostrophes and no invisible characters."""
    return unicodedata.normalize("NFC", text.translate(_TRANSLATE)).lower()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """As `lower`, and without diacritics."""
    low = lower(text)
    if low.isascii():
        return low
    bare = "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
    return bare.translate(_LETTERS)


@lru_cache(maxsize=65536)
def _forms(text: str) -> tuple[str, str, bool]:
    """A word in lower case and folded, and whether an apostrophe or hyphen may part it."""
    low = lower(text)
    return low, fold(text), "'" in low or "-" in low


@dataclass(frozen=True, slots=True)
class Clitics:
    """How a language joins small words to others.

    before   parts cut off at the front ("l'", "dell'")
    after    parts cut off at the end ("'s", "'ll")
    whole    words that stand for several ("cannot": "can", "not")
    hyphen   words that part at a hyphen when one side is among these ("l-", "-o")
    """

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    whole: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hyphen: frozenset[str] = frozenset()


def tokenise(text: str, start: int, end: int, clitics: Clitics) -> list[Token]:
    """The tokens of `text[start:end]`, with offsets into `text`."""
    whole = clitics.whole
    found: list[Token] = []
    hyphen = clitics.hyphen
    for match in _TOKEN.finditer(text, start, end):
        piece = match.group()
        at = match.start()
        low, folded, joined = _forms(piece)
        if not low:
            continue
        if not joined and low not in whole:
            found.append(Token(piece, low, folded, at, match.end()))
        elif low in whole:
            _parts(piece, at, whole[low], found)
        elif "'" in low and len(low) > 1:
            _apostrophes(piece, low, at, clitics, found)
        elif "-" in low and hyphen:
            _hyphens(piece, low, at, clitics, found)
        else:
            found.append(Token(piece, low, folded, at, match.end()))
    return found


def _parts(piece: str, at: int, parts: tuple[str, ...], found: list[Token]) -> None:
    """Spread the characters of one word over its parts; the last takes what is left."""
    position = 0
    for n, part in enumerate(parts):
        stop = len(piece) if n == len(parts) - 1 else min(position + len(part), len(piece))
        found.append(
            Token(
                part if not piece[:1].isupper() or n else part.capitalize(),
                part,
                fold(part),
                at + position,
                at + stop,
            )
        )
        position = stop


def _apostrophes(piece: str, low: str, at: int, clitics: Clitics, found: list[Token]) -> None:
    cut = low.find("'") + 1
    if low[:cut] in clitics.before and len(low) == len(piece):
        parts = clitics.whole.get(low[:cut])
        if parts:
            _parts(piece[:cut], at, parts, found)
        else:
            found.append(Token(piece[:cut], low[:cut], fold(piece[:cut]), at, at + cut))
        rest = piece[cut:]
        if rest:
            _apostrophes(rest, low[cut:], at + cut, clitics, found) if "'" in low[cut:] else found.append(
                Token(rest, low[cut:], fold(rest), at + cut, at + len(piece))
            )
        return
    cut = low.rfind("'")
    if low[cut:] in clitics.after and len(low) == len(piece) and cut:
        head = piece[:cut]
        found.append(Token(head, low[:cut], fold(head), at, at + cut))
        found.append(Token(piece[cut:], low[cut:], low[cut:], at + cut, at + len(piece)))
        return
    found.append(Token(piece, low, fold(piece), at, at + len(piece)))


def _hyphens(piece: str, low: str, at: int, clitics: Clitics, found: list[Token]) -> None:
    if len(low) == len(piece):
        cut = low.find("-") + 1
        if low[:cut] in clitics.hyphen and cut < len(low):
            found.append(Token(piece[:cut], low[:cut], fold(piece[:cut]), at, at + cut))
            _hyphens(piece[cut:], low[cut:], at + cut, clitics, found)
            return
        cut = low.rfind("-")
        if cut > 0 and low[cut:] in clitics.hyphen:
            _hyphens(piece[:cut], low[:cut], at, clitics, found)
            found.append(Token(piece[cut:], low[cut:], fold(piece[cut:]), at + cut, at + len(piece)))
            return
    found.append(Token(piece, low, fold(piece), at, at + len(piece)))


def sentences(tokens: list[Token], abbreviations: Collection[str]) -> list[tuple[int, int]]:
    """(start, end) of each sentence in a paragraph's tokens.

    A stop ends one unless it follows an abbreviation or an initial, or the next word is lower case;
    closing quotes and brackets stay with the sentence they close.
    """
    found = []
    start = 0
    n = len(tokens)
    i = 0
    while i < n:
        token = tokens[i]
        cut = i - start >= LONGEST_SENTENCE
        if token.text in STOPS or cut:
            j = i + 1
            while j < n and (
                tokens[j].text in CLOSING or tokens[j].text in "\"')]" or tokens[j].text in STOPS
            ):
                if tokens[j].text in "\"'" and tokens[j].start > tokens[j - 1].end:
                    break
                j += 1
            if cut or j >= n or _ends(tokens, i, j, abbreviations):
                found.append((start, j))
                start = j
            i = j
            continue
        i += 1
    if start < n:
        found.append((start, n))
    return found


def _ends(tokens: list[Token], stop: int, following: int, abbreviations: Collection[str]) -> bool:
    after = tokens[following]
    if after.start == tokens[following - 1].end:  # "example.com"
        return False
    if tokens[stop].text == ".":
        before = tokens[stop - 1] if stop else None
        if before is not None and before.end == tokens[stop].start:
            if before.lower in abbreviations:
                return False
            if f"{before.lower}#" in abbreviations and after.text[:1].isdigit():
                return False  # one that a figure follows: "No. 2"
            if len(before.text) == 1 and before.text.isupper():
                # An initial, unless it is the network: "wrote on X. ..."
                return before.text == "X" and stop > 1 and tokens[stop - 2].text[:1].islower()
    return not after.text[:1].islower()
