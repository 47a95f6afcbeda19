"""An event as a row, and back.

What is asked for often is a column; the rest is `data`: JSON with sorted keys, without spaces, in
UTF-8. No column is repeated in `data`, and defaults are always written, so the same event gives
the same bytes for ever, whatever the program's defaults become.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, lru_cache
from math import isfinite
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec

from tracker.clock import sortable
from tracker.errors import BrokenChain, InputError, UnknownEvent
from tracker.events import ContestDeclared, Event, StoredEvent
from tracker.log.text import storable_record
from tracker.log.upcasts import upcast

# Between two columns, and in place of a missing one, in the bytes that are hashed. Neither may
# stand in a column (`encode` sees to it; JSON escapes both), so the bytes of two rows never agree.
SEPARATOR = "\x1f"
MISSING = "\x1e"


class Row(NamedTuple):
    """The stored form of an event, without its place in the log. Times are `clock.sortable`."""

    kind: str
    version: int
    occurred_at: str
    precision: str
    contest: str
    elector: str | None
    candidate: str | None
    stance: str | None
    certainty: str | None
    item: str | None
    producer: str
    data: str

    def content(self) -> bytes:
        """The bytes that the id is made from and the chain covers: every column, in this order."""
        kind, version, occurred_at, precision, contest, elector, candidate, stance, certainty, *rest = self
        item, producer, data = rest
        # Written out, because a loop over the columns costs a third of an append.
        return (
            f"{kind}\x1f{version}\x1f{occurred_at}\x1f{precision}\x1f{contest}"
            f"\x1f{MISSING if elector is None else elector}"
            f"\x1f{MISSING if candidate is None else candidate}"
            f"\x1f{MISSING if stance is None else stance}"
            f"\x1f{MISSING if certainty is None else certainty}"
            f"\x1f{MISSING if item is None else item}"
            f"\x1f{producer}\x1f{data}"
        ).encode()

    @classmethod
    def of_content(cls, content: bytes) -> Row:
        """The row whose `content` this is. Raises ValueError when it is none."""
        parts = [None if part == MISSING else part for part in content.decode().split(SEPARATOR)]
        if len(parts) != len(cls._fields):
            raise ValueError(f"{len(parts)} columns, not {len(cls._fields)}")
        kind, version, *others = parts
        return cls._make((kind, int(version or ""), *others))


COLUMNS = Row._fields[2:-1]
_OPTIONAL = ("elector", "candidate", "stance", "certainty", "item")
_SEPARATORS = len(Row._fields) - 1

_encoder = msgspec.json.Encoder(order="sorted")
_plain = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one kind is split: which columns it fills, and which of its fields go into `data`.

    optional   whether it has each of the columns that not every kind has (`_OPTIONAL`)
    """

    type: type[Any]
    columns: tuple[str, ...]
    content: tuple[str, ...]
    values: attrgetter[Any]
    floats: tuple[str, ...]
    optional: tuple[bool, ...]
    decoder: msgspec.json.Decoder[Any]


@cache
def _shapes() -> dict[str, _Shape]:
    return {kind.kind: _shape(kind) for kind in get_args(Event)}


def _shape(kind: type[Any]) -> _Shape:
    names = [field.name for field in fields(kind)]
    hints = get_type_hints(kind)
    content = tuple(name for name in names if name not in COLUMNS)
    return _Shape(
        type=kind,
        columns=tuple(name for name in COLUMNS if name in names),
        content=content,
        values=attrgetter(*content),
        floats=tuple(name for name in content if hints[name] is float),
        optional=tuple(name in names for name in _OPTIONAL),
        decoder=msgspec.json.Decoder(kind),
    )


def kinds() -> tuple[str, ...]:
    """Every kind of event, as stored."""
    return tuple(_shapes())


def encode(event: Event) -> Row:
    """The row of an event.

    A lone surrogate is stored as U+FFFD (`log.text`): what comes back from `decode` has it replaced.
    Raises InputError when an id or a name holds a control character that separates columns, or a
    number is none; ValueError on a time without zone.
    """
    return as_stored(event)[0]


def _encode(event: Event) -> tuple[Row, bytes]:
    shape = _shapes()[event.kind]
    values = shape.values(event)
    content = dict(zip(shape.content, values if len(shape.content) > 1 else (values,), strict=True))
    for name in shape.floats:
        content[name] = _number(event.kind, name, content[name])
    # One event is one read of each attribute: anything cleverer costs more than it saves.
    known: Any = event
    elector, candidate, stance, certainty, item = shape.optional
    row = Row(
        event.kind,
        event.version,
        sortable(event.occurred_at),
        event.precision._value_,
        event.contest,
        known.elector if elector else None,
        known.candidate if candidate else None,
        known.stance._value_ if stance else None,
        known.certainty._value_ if certainty else None,
        known.item if item else None,
        event.producer,
        _encoder.encode(content).decode(),
    )
    text = row.content()
    if text.count(b"\x1f") != _SEPARATORS or text.count(b"\x1e") != row.count(None):
        raise InputError(f"event {event.kind}", "an id or a name holds the control character 1E or 1F")
    if isinstance(event, ContestDeclared):
        row = row._replace(data=_settled(shape, row))
        text = row.content()
    return row, text


def _number(kind: str, name: str, value: float) -> float:
    if not isfinite(value):
        raise InputError(f"event {kind}", f"{name} is not a number: {value}")
    return float(value)


def _settled(shape: _Shape, row: Row) -> str:
    """`data` of a roster after one way there and back: a weight given as 2 is stored as 2.0."""
    try:
        values = shape.values(shape.decoder.decode(_whole(shape, row)))
    except msgspec.ValidationError as error:
        raise InputError(f"event {row.kind}", f"the roster cannot be stored: {error}") from error
    return _encoder.encode({shape.content[0]: values}).decode()


def _whole(shape: _Shape, row: Row) -> bytes:
    """Columns and `data` as one JSON object: decoding it in one go is faster than joining objects."""
    kind, _, occurred_at, precision, contest, elector, candidate, stance, certainty, item, producer, data = (
        row
    )
    head = _head(kind, precision, contest, elector, candidate, stance, certainty, producer)
    plain = _plain.encode
    if shape.optional[-1]:
        return head + plain(occurred_at) + b',"item":' + plain(item) + b"," + data.encode()[1:]
    return head + plain(occurred_at) + b"," + data.encode()[1:]


@lru_cache(maxsize=4096)
def _head(
    kind: str,
    precision: str,
    contest: str,
    elector: str | None,
    candidate: str | None,
    stance: str | None,
    certainty: str | None,
    producer: str,
) -> bytes:
    """The columns that many events have alike, as the beginning of a JSON object."""
    columns = dict(zip(_OPTIONAL, (elector, candidate, stance, certainty), strict=False))
    has = {name: value for name, value in columns.items() if name in _shapes()[kind].columns}
    head = {"precision": precision, "contest": contest, "producer": producer, **has}
    return _plain.encode(head)[:-1] + b',"occurred_at":'


def decode(row: Row, *, seq: int | None = None) -> Event:
    """The event of a row, brought up to the present version of its kind.

    Raises UnknownEvent for a kind or version this program does not know, BrokenChain when the row
    does not hold what its kind needs; both carry `seq`.
    """
    shape = _shapes().get(row.kind)
    if shape is None:
        raise UnknownEvent(f"unknown kind {row.kind!r}: written by a newer tracker; update", seq=seq)
    try:
        if row.version == shape.type.version:
            event: Event = shape.decoder.decode(_whole(shape, row))
            return event
        present = {name: getattr(row, name) for name in COLUMNS if getattr(row, name) is not None}
        old = present | msgspec.json.decode(row.data)
        new = upcast(row.kind, row.version, old, to=shape.type.version, seq=seq)
        event = msgspec.convert(new, shape.type)
        return event
    except (msgspec.MsgspecError, UnicodeError, TypeError) as error:
        raise BrokenChain(f"the row is no {row.kind} of version {row.version}: {error}", seq=seq) from error


def as_stored(event: Event) -> tuple[Row, Event, bytes]:
    """The row, the event as it will be read back (the same one, but for text no row can hold), and the row's
    `content`."""
    try:
        row, content = _encode(event)
    except UnicodeEncodeError:
        event = storable_record(event)
        row, content = _encode(event)
    return row, event, content


def fields_of(stored: StoredEvent) -> dict[str, object]:
    """One stored event as JSON has it, with the names of the table: what `tracker log` prints a line of.

    `data` is an object here; hashes are hex.
    """
    row = encode(stored.event)
    return {
        "seq": stored.seq,
        "id": stored.id,
        "kind": row.kind,
        "version": row.version,
        "recorded_at": sortable(stored.recorded_at),
        **{name: getattr(row, name) for name in COLUMNS},
        "data": msgspec.json.decode(row.data),
        "prev_hash": stored.prev_hash.hex(),
        "hash": stored.hash.hex(),
    }
