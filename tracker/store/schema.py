"""The tables, and the triggers that keep the log append-only.

Everything but `events` can be rebuilt from it, or is an item's text, or a mark that something was
fetched, read or sent.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from tracker.store import model_tables

APPLICATION_ID = 0x7472616B  # "trak"
FORMAT = 2
# Rows of the log are about 700 bytes: of 4,096 a tenth would lie waste.
PAGE_BYTES = 8192

EVENTS = """\
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    precision TEXT NOT NULL,
    contest TEXT NOT NULL,
    elector TEXT,
    candidate TEXT,
    stance TEXT,
    certainty TEXT,
    item TEXT,
    producer TEXT NOT NULL,
    data TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT"""

# INSERT OR REPLACE deletes the old row without firing a DELETE trigger (unless recursive_triggers
# is on), so the insert itself is guarded: only the next row, following from the last, with a new id.
GUARDS: Mapping[str, str] = MappingProxyType(
    {
        "events_never_change": """\
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: no event is ever changed');
END""",
        "events_never_go": """\
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: no event is ever deleted');
END""",
        "events_only_follow": """\
CREATE TRIGGER events_only_follow BEFORE INSERT ON events BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: a new event follows from the last one')
    WHERE NOT CASE
        WHEN NEW.seq = 1 THEN NEW.prev_hash = zeroblob(32)
        ELSE (SELECT NEW.prev_hash = hash AND NEW.recorded_at >= recorded_at
              FROM events WHERE seq = NEW.seq - 1) IS 1
    END
    OR NEW.seq <= (SELECT max(seq) FROM events)
    OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    OR length(NEW.hash) <> 32;
END""",
    }
)

# Answers "what is known of this contest, and of this pair". Each index costs its bytes and a page at every
# append, so there is none for what is rarely asked: an item's events are found from when it was first seen.
_INDEX = "CREATE INDEX events_by_pair ON events (contest, elector, candidate)"

# The words of each report, for people who read the file with SQL; the search index reads them here.
_EVIDENCE = """\
SELECT seq, id, contest, elector, candidate, stance, certainty, occurred_at,
    json_extract(data, '$.evidence.sentence') AS sentence,
    json_extract(data, '$.speaker') AS speaker,
    json_extract(data, '$.source.outlet') AS outlet,
    json_extract(data, '$.source.title') AS title,
    json_extract(data, '$.source.url') AS url
FROM events WHERE kind IN ('stance_reported', 'support_counted', 'candidacy_reported')"""

_SEARCH = """\
CREATE VIRTUAL TABLE evidence_search USING fts5 (
    sentence, speaker, outlet, title,
    content='evidence', content_rowid='seq', columnsize=0, tokenize='unicode61 remove_diacritics 2'
)"""


@contextmanager
def _left_alone(*modules: str) -> Iterator[None]:
    """These modules count as not installed: sqlite-utils imports them wherever they are, and a daemon would
    hold them (100 MB) for ever, for nothing."""
    hidden = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]


def create(connection: sqlite3.Connection) -> None:
    """Make every table in an empty database, inside the transaction that is open.

    sqlite-utils makes what is plain; it takes 80 ms to import, which only this moment pays.
    """
    with _left_alone("pandas", "numpy"):
        from sqlite_utils import Database

    connection.execute(EVENTS)
    for trigger in GUARDS.values():
        connection.execute(trigger)
    connection.execute(_INDEX)
    database = Database(connection, recursive_triggers=False, execute_plugins=False, strict=True)
    database.create_view("evidence", _EVIDENCE)
    connection.execute(_SEARCH)
    _create_items(database)
    _create_outbox(database)
    _create_feeds(database)
    model_tables.create(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def bring_up(connection: sqlite3.Connection, version: int) -> None:
    """Make a database of an older format one of the present one, inside the transaction that is open.

    The events stay as they are. The models are empty after it: the next append, or `tracker rebuild`, fills
    them.
    """
    if version < 2:
        connection.execute("DROP INDEX IF EXISTS events_by_elector")
        connection.execute("DROP INDEX IF EXISTS events_by_item")
        connection.execute(_INDEX)
        model_tables.create(connection)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _create_items(database: Any) -> None:
    _table(
        database,
        "items",
        {
            "id": str, "source": str, "url": str, "title": str, "summary": str, "body": str,
            "lang": str, "published_at": str, "date_given": int, "guid": str, "feed": str,
            "outlet_class": str, "elector": str, "digest": str, "seen_at": str,
        },
        pk="id",
        optional={"elector"},
    )  # fmt: skip
    # Every text an item ever had, the present one too, numbered from 1.
    _table(
        database,
        "item_texts",
        {
            "item": str, "edition": int, "digest": str, "title": str, "summary": str, "body": str,
            "seen_at": str,
        },
        pk=("item", "edition"),
        foreign_keys=[("item", "items", "id")],
    ).create_index(["item", "digest"], unique=True)  # fmt: skip
    _table(
        database,
        "item_errors",
        {"item": str, "error": str, "at": str, "times": int},
        pk="item",
        foreign_keys=[("item", "items", "id")],
    )
    _table(
        database,
        "readings",
        {"item": str, "contest": str, "extractor": str, "digest": str, "at": str},
        pk=("item", "contest"),
        foreign_keys=[("item", "items", "id")],
    )


def _create_outbox(database: Any) -> None:
    _table(
        database,
        "alerts",
        {
            "number": int, "key": str, "at": str, "occurred_at": str, "contest": str,
            "elector": str, "candidate": str, "was": str, "now": str, "data": str,
        },
        pk="number",
        optional={"was", "now"},
    ).create_index(["key"], unique=True)  # fmt: skip
    _table(
        database,
        "deliveries",
        {
            "alert": int, "channel": str, "state": str, "attempts": int, "next_try_at": str,
            "done_at": str, "last_error": str,
        },
        pk=("alert", "channel"),
        foreign_keys=[("alert", "alerts", "number")],
        optional={"next_try_at", "done_at", "last_error"},
    ).create_index(["state", "next_try_at"])  # fmt: skip
    _table(
        database,
        "attempts",
        {
            "number": int, "alert": int, "channel": str, "at": str, "outcome": str,
            "status": int, "latency_ms": float, "error": str,
        },
        pk="number",
        foreign_keys=[("alert", "alerts", "number")],
        optional={"status", "latency_ms", "error"},
    ).create_index(["alert", "channel"])  # fmt: skip


def _create_feeds(database: Any) -> None:
    _table(
        database,
        "feeds",
        {
            "feed": str, "next_poll_at": str, "last_success_at": str, "failures": int,
            "last_error": str, "data": str,
        },
        pk="feed",
        optional={"next_poll_at", "last_success_at", "last_error"},
    )  # fmt: skip


def _table(
    database: Any,
    name: str,
    columns: dict[str, type],
    *,
    pk: str | tuple[str, ...],
    foreign_keys: list[tuple[str, str, str]] | None = None,
    optional: Collection[str] = (),
) -> Any:
    """A STRICT table whose columns are all NOT NULL but the `optional` ones."""
    return database[name].create(
        columns, pk=pk, not_null=set(columns) - set(optional), foreign_keys=foreign_keys or [], strict=True
    )
