"""Text: what a reader sees of a raw feed field, with a map back to the raw offsets.

Tags become one space (or the end of a paragraph), entities their characters, white space one space.
Everything is one pass and bounded: a field is read up to `LONGEST` characters of what a reader sees.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass

LONGEST = 50_000
"""Characters of one field that are read; an article is a tenth of it, and few live blogs are longer."""

_RAW_LONGEST = 1_500_000
_PIECE = re.compile(r"<[A-Za-z/!?][^<>]{0,4000}>|&#?\w{1,12};?|\s+|[^\s<&]+|[<&]")
_PLAIN = re.compile(r"\s+|\S+")
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|tr|td|th|table|h[1-6]|blockquote|section|article|header|footer|figure|figcaption|hr|aside|dt|dd)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<(script|style|figcaption|aside|nav|footer)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """One field as a reader sees it.

    shown        the characters; single spaces; no tags, no entities
    paragraphs   (start, end) into `shown`, in order, none empty
    """

    shown: str
    paragraphs: tuple[tuple[int, int], ...]
    _starts: tuple[int, ...]
    _raw: tuple[tuple[int, int, bool], ...]

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw offsets of a stretch of `shown` (end exclusive)."""
        if end <= start:
            return self._at(start)[0], self._at(start)[0]
        return self._at(start)[0], self._at(end - 1)[1]

    def _at(self, position: int) -> tuple[int, int]:
        index = max(bisect_right(self._starts, position) - 1, 0)
        if not self._raw:
            return 0, 0
        begin, length, verbatim = self._raw[index]
        if verbatim:
            at = begin + position - self._starts[index]
            return at, at + 1
        return begin, begin + length


def read(raw: str) -> Text:
    """What a reader sees of a raw field."""
    raw = raw[:_RAW_LONGEST]
    if _plain(raw):
        return Text(raw, ((0, len(raw)),), (0,), ((0, len(raw), True),))
    marked = "<" in raw or "&" in raw
    pattern = _PIECE if marked else _PLAIN
    out: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int, bool]] = []
    breaks: list[int] = []
    length = 0
    spaced = True
    hidden = ""
    for match in pattern.finditer(raw):
        piece = match.group()
        first = piece[0]
        shown = piece
        if first == "<" and len(piece) > 1:
            if hidden:
                if piece[:2] == "</" and piece[2:].lower().startswith(hidden):
                    hidden = ""
            elif (found := _HIDDEN.match(piece)) and not piece.endswith("/>"):
                hidden = found.group(1).lower()
            if _BLOCK.match(piece):
                breaks.append(length)
            shown = " "
        elif hidden:
            continue
        elif first == "&" and len(piece) > 1:
            shown = html.unescape(piece)
            if shown.isspace():
                shown = " "
        elif first.isspace():
            if "\n" in piece:
                breaks.append(length)
            shown = " "
        if shown == " ":
            if spaced:
                continue
            spaced = True
        else:
            spaced = False
        starts.append(length)
        pieces.append((match.start(), len(piece), shown == piece))
        out.append(shown)
        length += len(shown)
        if length > LONGEST:
            break
    text = "".join(out)
    return Text(text, tuple(_paragraphs(text, breaks)), tuple(starts), tuple(pieces))


def _plain(raw: str) -> bool:
    """Whether a text is shown just as it is: one paragraph, no tags, no entities, single spaces."""
    return 0 < len(raw) <= LONGEST and "<" not in raw and "&" not in raw and " ".join(raw.split()) == raw


def _paragraphs(text: str, breaks: list[int]) -> list[tuple[int, int]]:
    found = []
    start = 0
    for end in [*breaks, len(text)]:
        low, high = start, end
        while low < high and text[low] == " ":
            low += 1
        while high > low and text[high - 1] == " ":
            high -= 1
        if low < high:
            found.append((low, high))
        start = max(start, end)
    return found
