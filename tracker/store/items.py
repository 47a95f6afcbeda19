"""Items as they came, every edition of their text, and which reader has read them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from tracker.clock import parse, sortable
from tracker.items import Item, ItemId, OutletClass
from tracker.log.text import storable, storable_record
from tracker.store.database import Database

Added = Literal["new", "same", "edited"]

_FIELDS = (
    "id", "source", "url", "title", "summary", "body", "lang", "published_at", "date_given", "guid",
    "feed", "outlet_class", "elector",
)  # fmt: skip
_COLUMNS = ", ".join(_FIELDS)
_PAGE = 500
_UNREAD = (
    "NOT EXISTS (SELECT 1 FROM readings WHERE item = items.id AND contest = ? AND extractor = ? "
    "AND readings.digest = items.digest)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One text an item had. `edition` counts from 1; `seen_at` (UTC) is when it reached us first."""

    edition: int
    seen_at: datetime
    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedItem:
    """An item that could not be read. `times` counts the tries, `at` (UTC) is the last."""

    item: Item
    error: str
    at: datetime
    times: int


class Items:
    """The items of the store. A text that UTF-8 cannot hold is kept as `log.text` says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, item: Item, seen_at: datetime) -> Added:
        """Keep an item: "new", "same" when one of its editions has this very text, else "edited".

        An edited item keeps every edition; `get` gives the latest. Only the text makes an edition:
        date, link and outlet stay as first seen. Safe to repeat. Raises StoreError.
        """
        item = _storable(item)
        digest, at = item.digest, sortable(seen_at)
        with self._database.transaction() as connection:
            (editions,) = connection.execute(
                "SELECT count(*) FROM item_texts WHERE item = ?", (item.id,)
            ).fetchone()
            if not editions:
                _insert(connection, item, digest, at)
            elif connection.execute(
                "SELECT 1 FROM item_texts WHERE item = ? AND digest = ?", (item.id, digest)
            ).fetchone():
                return "same"
            else:
                connection.execute(
                    "UPDATE items SET title = ?, summary = ?, body = ?, digest = ? WHERE id = ?",
                    (item.title, item.summary, item.body, digest, item.id),
                )
            connection.execute(
                "INSERT INTO item_texts (item, edition, digest, title, summary, body, seen_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (item.id, editions + 1, digest, item.title, item.summary, item.body, at),
            )
        return "edited" if editions else "new"

    def get(self, item: str) -> Item | None:
        """The item with its latest text, or `None`."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM items WHERE id = ?", (item,))
        return None if row is None else _item(row)

    def digests(self, items: Collection[str]) -> dict[str, str]:
        """The digests of the latest texts of those of the items that are kept."""
        return {
            item: digest
            for some in _shares(items)
            for item, digest in self._database.rows(
                f"SELECT id, digest FROM items WHERE id IN ({', '.join('?' * len(some))})", some
            )
        }

    def editions(self, item: str) -> tuple[Edition, ...]:
        """Every text the item had, oldest first."""
        rows = self._database.rows(
            "SELECT edition, seen_at, title, summary, body FROM item_texts WHERE item = ? ORDER BY edition",
            (item,),
        )
        return tuple(
            Edition(edition=n, seen_at=parse(at), title=title, summary=summary, body=body)
            for n, at, title, summary, body in rows
        )

    def all(self) -> Iterator[Item]:
        """Every item with its latest text, by date of publication, then id. Streams."""
        yield from self._stream("1", ())

    def count(self) -> int:
        """How many items there are."""
        return int(self._database.row("SELECT count(*) FROM items")[0])

    def fail(self, item: Item, error: str, at: datetime) -> None:
        """Keep an item that could not be read, with the reason; a later reading takes the mark away."""
        with self._database.transaction() as connection:
            self.add(item, at)
            connection.execute(
                "INSERT INTO item_errors (item, error, at, times) VALUES (?, ?, ?, 1) ON CONFLICT (item) "
                "DO UPDATE SET error = excluded.error, at = excluded.at, times = times + 1",
                (item.id, storable(error), sortable(at)),
            )

    def failed(self) -> tuple[FailedItem, ...]:
        """Items that could not be read, latest failure first."""
        columns = ", ".join(f"items.{name}" for name in _FIELDS)
        rows = self._database.rows(
            f"SELECT error, at, times, {columns} FROM item_errors JOIN items ON items.id = item "
            "ORDER BY at DESC, items.id"
        )
        return tuple(
            FailedItem(item=_item(columns), error=error, at=parse(at), times=times)
            for error, at, times, *columns in rows
        )

    def _stream(self, condition: str, values: tuple[object, ...]) -> Iterator[Item]:
        after = ("", "")
        while True:
            page = self._database.rows(
                f"SELECT {_COLUMNS} FROM items WHERE (published_at, id) > (?, ?) AND {condition} "
                f"ORDER BY published_at, id LIMIT {_PAGE}",
                (*after, *values),
            )
            for row in page:
                yield _item(row)
            if len(page) < _PAGE:
                return
            after = (page[-1][_FIELDS.index("published_at")], page[-1][0])


class Readings:
    """Marks: which version of the reader has read which item for which contest."""

    def __init__(self, database: Database, items: Items) -> None:
        self._database = database
        self._items = items

    def mark(self, item: str, contest: str, extractor: str, at: datetime) -> None:
        """The item's present text was read; a mark of an earlier failure goes. Safe to repeat."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO readings (item, contest, extractor, digest, at) "
                "SELECT id, ?, ?, digest, ? FROM items WHERE id = ? "
                "ON CONFLICT (item, contest) DO UPDATE SET "
                "extractor = excluded.extractor, digest = excluded.digest, at = excluded.at",
                (contest, extractor, sortable(at), item),
            )
            connection.execute("DELETE FROM item_errors WHERE item = ?", (item,))

    def extractor(self, item: str, contest: str) -> str | None:
        """The version that read the item's present text for this contest; `None` when none has."""
        row = self._database.row(
            "SELECT extractor FROM readings JOIN items ON items.id = item AND items.digest = readings.digest "
            "WHERE item = ? AND contest = ?",
            (item, contest),
        )
        return None if row is None else str(row[0])

    def read(self, items: Collection[str]) -> set[tuple[str, str]]:
        """Of these items, those whose present text was read, each with each contest that it was read for."""
        return {
            (item, contest)
            for some in _shares(items)
            for item, contest in self._database.rows(
                "SELECT item, contest FROM readings JOIN items ON items.id = item AND items.digest = "
                f"readings.digest WHERE item IN ({', '.join('?' * len(some))})",
                some,
            )
        }

    def unread(self, contest: str, extractor: str) -> Iterator[Item]:
        """Items whose present text this version has not read for the contest, by date of publication."""
        yield from self._items._stream(_UNREAD, (contest, extractor))

    def unread_count(self, contest: str, extractor: str) -> int:
        """How many items `unread` gives."""
        return int(self._database.row(f"SELECT count(*) FROM items WHERE {_UNREAD}", (contest, extractor))[0])

    def older_count(self, contest: str, extractor: str) -> int:
        """How many items were last read for the contest by another version than this one."""
        row = self._database.row(
            "SELECT count(*) FROM readings WHERE contest = ? AND extractor != ?", (contest, extractor)
        )
        return int(row[0])


def _shares(values: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The values in shares that a statement has room for."""
    kept = tuple(values)
    yield from (kept[at : at + _PAGE] for at in range(0, len(kept), _PAGE))


def _storable(item: Item) -> Item:
    try:
        for value in (item.title, item.summary, item.body, item.url, item.source, item.guid):
            value.encode()
    except UnicodeEncodeError:
        return storable_record(item)
    return item


def _insert(connection: sqlite3.Connection, item: Item, digest: str, at: str) -> None:
    connection.execute(
        f"INSERT INTO items ({_COLUMNS}, digest, seen_at) VALUES ({', '.join('?' * (len(_FIELDS) + 2))})",
        (
            item.id,
            item.source,
            item.url,
            item.title,
            item.summary,
            item.body,
            item.lang,
            sortable(item.published_at),
            int(item.date_given),
            item.guid,
            item.feed,
            item.outlet_class.value,
            item.elector,
            digest,
            at,
        ),
    )


def _item(row: Any) -> Item:
    found = dict(zip(_FIELDS, row, strict=True))
    found["published_at"] = parse(found["published_at"])
    found["date_given"] = bool(found["date_given"])
    found["outlet_class"] = OutletClass(found["outlet_class"])
    return replace(Item(**found), id=ItemId(found["id"]))
