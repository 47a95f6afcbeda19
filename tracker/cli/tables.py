"""Tables for a terminal: columns that line up in any script and give way to its width."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_GAP = "  "
_LEAST = 8  # columns that a shrinking column keeps, so that its words can still be guessed
# Bidirectional controls can reorder the rest of a line; joiners are kept, some scripts need them.
_KEPT_FORMATS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    shrinks   it is cut, with …, when the terminal is too narrow
    right     numbers: set to the right
    least     the width it has at least, so that tables printed one after another line up
    drops     above 0: left out, the highest first, where the terminal is too narrow for all
    """

    title: str
    shrinks: bool = False
    right: bool = False
    least: int = 0
    drops: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with the style (`click.style` arguments) that colour adds to it."""

    text: str
    style: Mapping[str, Any] = field(default_factory=dict)


def clean(text: str) -> str:
    """The text on one line, without anything a terminal would obey.

    Feeds are written by strangers: an escape sequence in a headline must not move the cursor.
    """
    return " ".join(harmless(text).split())


def harmless(text: str) -> str:
    """The text without what a terminal would obey, its lines and spaces as they are."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(char) for char in text)


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return char if char == "\n" else " "
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cf" and char not in _KEPT_FORMATS else char


def width(text: str) -> int:
    """Columns the text takes on a terminal (UAX #11: wide and fullwidth take two, marks none)."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def cut(text: str, columns: int) -> str:
    """The text, ended with … when it is wider than `columns`."""
    if width(text) <= columns:
        return text
    if columns <= 1:
        return "…"[:columns]
    taken, used = [], 0
    for char in text:
        used += _char_width(char)
        if used > columns - 1:
            break
        taken.append(char)
    return "".join(taken).rstrip() + "…"


def render(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str | Cell]],
    *,
    columns_wide: int | None,
    colour: bool = False,
    header: bool = True,
    on_left_out: Callable[[Sequence[str]], None] = lambda _titles: None,
) -> Iterator[str]:
    """The table's lines: titles (unless `header` is False), then rows; nothing for no rows.

    columns_wide   the terminal's width; `None`: nobody reads it on a screen, nothing is cut
    on_left_out    told the titles of columns for which there was no room
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return
    widths = [
        max(column.least, width(column.title), *(width(row[n].text) for row in cells))
        for n, column in enumerate(columns)
    ]
    if columns_wide is not None:
        kept = _fitting(columns, widths, columns_wide)
        if len(kept) < len(columns):
            on_left_out([column.title for n, column in enumerate(columns) if n not in kept])
        columns = [columns[n] for n in kept]
        widths = [widths[n] for n in kept]
        cells = [[row[n] for n in kept] for row in cells]
        _shrink(columns, widths, columns_wide)
    titles = [Cell(column.title, {"bold": True}) for column in columns]
    for row in (titles, *cells) if header else cells:
        yield _line(columns, widths, row, columns_wide, colour)


def _cell(value: str | Cell) -> Cell:
    return Cell(clean(value.text), value.style) if isinstance(value, Cell) else Cell(clean(value))


def _fitting(columns: Sequence[Column], widths: Sequence[int], columns_wide: int) -> list[int]:
    """Which columns stay: all that fit once the shrinking ones are at their least."""
    kept = list(range(len(columns)))

    def needed() -> int:
        least = (min(widths[n], _LEAST) if columns[n].shrinks else widths[n] for n in kept)
        return sum(least) + len(_GAP) * (len(kept) - 1)

    while needed() > columns_wide and any(columns[n].drops for n in kept):
        kept.remove(max(kept, key=lambda n: columns[n].drops))
    return kept


def _shrink(columns: Sequence[Column], widths: list[int], columns_wide: int) -> None:
    """Take from the widest shrinking column, again and again, until the line fits or none can give."""
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - columns_wide
    while excess > 0:
        giving = [n for n, column in enumerate(columns) if column.shrinks and widths[n] > _LEAST]
        if not giving:
            return
        widest = max(giving, key=lambda n: widths[n])
        widths[widest] -= 1
        excess -= 1


def _line(
    columns: Sequence[Column],
    widths: Sequence[int],
    row: Sequence[Cell],
    columns_wide: int | None,
    colour: bool,
) -> str:
    parts, left = [], columns_wide
    last = len(columns) - 1
    for n, cell in enumerate(row):
        room = widths[n] if left is None else min(widths[n], max(left, 0))
        text = cut(cell.text, room)
        blank = " " * (room - width(text))
        if colour and cell.style:
            text = _styled(text, cell.style)
        if columns[n].right:
            parts.append(blank + text)
        else:
            parts.append(text if n == last else text + blank)
        if left is not None:
            left -= room + len(_GAP)
            if left <= 0:
                break
    return _GAP.join(parts).rstrip()


def _styled(text: str, style: Mapping[str, Any]) -> str:
    import click

    return click.style(text, **style)
