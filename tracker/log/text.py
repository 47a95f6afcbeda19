"""Text that can be stored: what UTF-8 cannot hold is replaced, one code point for one."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

_SURROGATE = re.compile("[\ud800-\udfff]")

Record = TypeVar("Record")


def storable(text: str) -> str:
    """The text with every lone surrogate as U+FFFD, as a browser shows it.

    Such halves come from feeds that cut an emoji in two or escape it wrongly; no UTF-8 file can
    hold them. One code point replaces one, so offsets into the text stay right.
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def storable_record(record: Record) -> Record:
    """A dataclass with all its texts storable, however deep. Only needed once encoding has failed."""
    return msgspec.convert(_mend(msgspec.to_builtins(record)), type(record))


def _mend(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case dict():
            return {key: _mend(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_mend(inner) for inner in value]
        case _:
            return value
