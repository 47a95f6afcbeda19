"""TOML tables read into records, with every fault named by its key.

A table is held against a frozen dataclass: its fields say what keys there are, which are needed (no
default) and what they hold. Nothing is guessed and nothing is dropped: a key that no field names is a
fault, with the likely meant one. All faults of a file are collected; only then is it refused.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from tracker.errors import Fault

T = TypeVar("T")

# Days that close a span: "2024-06" is its last day there, its first everywhere else.
END_DAYS = frozenset({"until", "left", "closed", "withdrawn", "nominations_close"})

_NOUNS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", date: "a date"}


@dataclass(slots=True)
class Findings:
    """Faults (the file is refused) and warnings (it is taken, and somebody should look), as found."""

    faults: list[Fault]
    warnings: list[Fault]

    @classmethod
    def none(cls) -> Findings:
        return cls(faults=[], warnings=[])

    def fault(self, key: str, problem: str) -> None:
        """Add a fault, unless the key or a table around it has one: what follows from that is noise."""
        if not self.refused(key):
            self.faults.append(Fault(key=key, problem=problem))

    def refused(self, key: str) -> bool:
        """Whether the key, or a table around it, has a fault already."""
        return any(key == f.key or key.startswith((f"{f.key}.", f"{f.key}[")) for f in self.faults)

    def warn(self, key: str, problem: str) -> None:
        self.warnings.append(Fault(key=key, problem=problem))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a record's fields ask of a table: by key, the field's name and type, and which must be there.

    A field's `metadata` may give its key where that is no Python name ("class"), and has fields that hold
    a secret left out: those are never read from a table (`secrets.py`).
    """

    names: Mapping[str, str]
    hints: Mapping[str, Any]
    needed: frozenset[str]


@cache
def _shape(record: Any) -> _Shape:
    resolved = get_type_hints(record)
    keyed = {f.metadata.get("key", f.name): f for f in fields(record) if "secret" not in f.metadata}
    return _Shape(
        names={key: f.name for key, f in keyed.items()},
        hints={key: resolved[f.name] for key, f in keyed.items()},
        needed=frozenset(
            key for key, f in keyed.items() if f.default is MISSING and f.default_factory is MISSING
        ),
    )


def read_table(
    table: object, record: type[T], key: str, found: Findings, *, also: frozenset[str] = frozenset()
) -> T:
    """The record that a table gives. When faults were added, it is a stand-in: defaults and blanks in the
    places of what is missing or wrong, so that the rest of the file can still be looked at.

    key   dotted path of the table, empty for the whole file; faults are named below it
    also  keys that the caller reads itself
    """
    if not isinstance(table, dict):
        found.fault(key, f"expected a table, got {_described(table)}")
        return cast(T, blank(record))
    shape = _shape(cast(Any, record))
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name in also:
            continue
        path = below(key, name)
        if name not in shape.hints:
            found.fault(path, f"unknown key{_meant(name, (*shape.hints, *also))}")
            continue
        before = len(found.faults)
        read = read_value(value, shape.hints[name], path, found, end=name in END_DAYS)
        if name in shape.needed or all(fault.key != path for fault in found.faults[before:]):
            values[shape.names[name]] = read
    for name in shape.hints:
        if name in shape.needed and name not in table and name not in also:
            found.fault(below(key, name), "missing")
            values[shape.names[name]] = blank(shape.hints[name])
    return record(**values)


def blank(hint: Any) -> Any:
    """A stand-in of that type for a value that is missing or wrong."""
    if isinstance(hint, NewType):
        return blank(hint.__supertype__)
    if isinstance(hint, type) and is_dataclass(hint):
        shape = _shape(hint)
        return hint(**{shape.names[key]: blank(shape.hints[key]) for key in shape.needed})
    if get_origin(hint) is tuple:
        return ()
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return next(iter(hint))
    return {str: "", int: 0, float: 0.0, bool: False, Path: Path()}.get(hint)


def read_value(value: object, hint: Any, path: str, found: Findings, *, end: bool = False) -> Any:
    """One value as the type asks; when it cannot be, a fault is added and a stand-in returned."""
    if isinstance(hint, NewType):
        return read_value(value, hint.__supertype__, path, found, end=end)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        chosen = next(arm for arm in get_args(hint) if arm is not type(None))
        return read_value(value, chosen, path, found, end=end)
    if origin is tuple:
        return _read_array(value, get_args(hint)[0], path, found, end=end)
    if origin is Literal:
        chosen = _read_choice(value, get_args(hint), path, found)
        return blank(hint) if chosen is None else chosen
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        chosen = _read_choice(value, tuple(member.value for member in hint), path, found)
        return blank(hint) if chosen is None else hint(chosen)
    if is_dataclass(hint) and isinstance(hint, type):
        return read_table(value, hint, path, found)
    if hint is date:
        return _read_day(value, path, found, end=end)
    if hint is Path:
        return Path(value) if isinstance(value, str) else _wrong(value, str, path, found)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        if isinstance(value, str) and value != value.strip():
            found.fault(path, f"blanks around {value.strip()!r}")
        return value
    return _wrong(value, hint, path, found)


def _read_array(value: object, item: Any, path: str, found: Findings, *, end: bool) -> tuple[Any, ...]:
    if not isinstance(value, list):
        found.fault(path, f"expected a list in [ ], got {_described(value)}")
        return ()
    return tuple(read_value(part, item, f"{path}[{n}]", found, end=end) for n, part in enumerate(value))


def _read_choice(value: object, choices: tuple[str, ...], path: str, found: Findings) -> str | None:
    if value in choices:
        return str(value)
    words = " ".join(choice or '""' for choice in choices)
    found.fault(path, f"not one of: {words}: {value!r}{_meant(str(value), choices)}")
    return None


def _read_day(value: object, path: str, found: Findings, *, end: bool) -> date | None:
    """A TOML date, or a text "2024-03-07", "2024-03" or "2024"."""
    if isinstance(value, datetime):
        found.fault(path, f"expected a day, got a time: write {value.date().isoformat()}")
        return None
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        day = day_of(value, end=end)
        if day is not None:
            return day
    found.fault(path, f'expected a date such as 2024-03-07 (or "2024-03", "2024"), got {_described(value)}')
    return None


def day_of(text: str, *, end: bool = False) -> date | None:
    """The day of "2024-03-07", or the first (with `end`, the last) of "2024-03" or "2024"; else `None`."""
    parts = text.split("-")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if tuple(len(part) for part in parts) != (4, 2, 2)[: len(parts)]:
        return None
    year, month, day = (*map(int, parts), *(1,) * (3 - len(parts)))
    try:
        first = date(year, month, day)
        if not end or len(parts) == 3:
            return first
        after = date(year + 1, 1, 1) if len(parts) == 1 or month == 12 else date(year, month + 1, 1)
    except ValueError:
        return None
    return after - timedelta(days=1)


def below(key: str, name: str) -> str:
    """The dotted path of a key; a name that is no bare TOML key is quoted."""
    bare = name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else f'"{name}"'
    return f"{key}.{bare}" if key else bare


def _wrong(value: object, hint: Any, path: str, found: Findings) -> Any:
    found.fault(path, f"expected {_NOUNS.get(hint, 'another type')}, got {_described(value)}")
    return blank(hint)


def _described(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value!r}" if len(value) <= 60 else f"the text {value[:57]!r}..."
        case int() | float():
            return f"the number {value}"
        case datetime() | date() | time():
            return f"the date {value.isoformat()}"
        case list():
            return "a list"
        case dict():
            return "a table"
    return type(value).__name__


def _meant(name: str, known: tuple[str, ...]) -> str:
    """A hint at what was meant, and with no near miss the whole choice, when it is short."""
    likely = near(name, known)
    return f"; did you mean {' or '.join(repr(one) for one in likely)}?" if likely else ""


def near(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Up to two names that look like the given one, nearest first."""
    import difflib

    return tuple(difflib.get_close_matches(name, [k for k in known if k], n=2, cutoff=0.7))
