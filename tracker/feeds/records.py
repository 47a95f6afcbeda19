"""Items as JSON, one a line: the form of the labelled corpora, and of `tracker extract --items`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.errors import InputError
from tracker.feeds.dates import moment, usable
from tracker.feeds.entries import ItemFault
from tracker.feeds.links import web_url
from tracker.items import Item, OutletClass, item_id

_LONGEST_LINE = 8 * 1024 * 1024
_TEXTS = ("title", "summary", "body")


def read_lines(path: Path, *, seen_at: datetime, source: str = "") -> Iterator[Item | ItemFault]:
    """The items of a file of JSON lines, in order; a line that is none becomes an ItemFault.

    Raises OSError.
    """
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            where = f"{path}:{number}"
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                yield ItemFault(where=where, problem=f"a line longer than {_LONGEST_LINE} bytes; not read on")
                return
            if not line.strip():
                continue
            try:
                yield read_line(line, where=where, seen_at=seen_at, source=source)
            except InputError as error:
                yield ItemFault(where=where, problem=error.problem)


def read_line(line: bytes, *, where: str, seen_at: datetime, source: str = "") -> Item:
    """One line as an item. Raises InputError at `where`."""
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(where, f"not JSON: {error}") from error
    if not isinstance(record, dict):
        raise InputError(where, f"not a JSON object but {type(record).__name__}")
    return item_of(record, where=where, seen_at=seen_at, source=source)


def item_of(record: dict[str, Any], *, where: str, seen_at: datetime, source: str = "") -> Item:
    """An item from a JSON object: id, published, source, url, title, summary, body, lang; all may be absent
    but some text. Other keys are left alone.

    The record's `id` is kept as the item's guid. `source` replaces the record's. Without a usable
    `published` the item is taken at `seen_at`. Raises InputError naming the key.
    """
    texts = {key: _text(record, key, where) for key in _TEXTS}
    if not any(texts.values()):
        raise InputError(where, "no title, summary or body")
    published = moment(_text(record, "published", where))
    given = published is not None and usable(published, seen_at)
    url = web_url(_text(record, "url", where))
    guid = _text(record, "id", where)
    outlet = source or _text(record, "source", where)
    try:
        outlet_class = OutletClass(_text(record, "outlet_class", where) or "outlet")
    except ValueError as error:
        raise InputError(where, f"outlet_class: {error}; expected {', '.join(OutletClass)}") from None
    return Item(
        id=item_id(source=outlet, url=url, guid=guid, **texts),
        source=outlet,
        url=url,
        **texts,
        lang=_text(record, "lang", where).lower(),
        published_at=published if published is not None and given else seen_at,
        date_given=given,
        guid=guid,
        outlet_class=outlet_class,
        elector=_text(record, "elector", where) or None,
    )


def _text(record: dict[str, Any], key: str, where: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise InputError(where, f"{key}: not a text but {type(value).__name__}")
    return value
