"""The database itself refuses to change the log, whoever asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tracker.events import StanceReported
from tracker.store import Store, open_store
from tracker.store.verification import verify

Raw = Callable[..., list[tuple[object, ...]]]
Reports = Callable[..., list[StanceReported]]

COLUMNS = (
    "seq, id, kind, version, recorded_at, occurred_at, precision, contest, elector, candidate, stance, "
    "certainty, item, producer, data, prev_hash, hash"
)


def row(**values: str) -> str:
    """A SELECT that gives one row like the last one, some of its columns replaced by SQL."""
    columns = [values.get(name, name) for name in COLUMNS.split(", ")]
    return f"SELECT {', '.join(columns)} FROM events ORDER BY seq DESC LIMIT 1"


NEXT = {"seq": "seq + 1", "id": "'new'", "prev_hash": "hash", "hash": "randomblob(32)"}

# In place of the last row, and following from the one before it as a next row would.
AGAIN = {"seq": "seq", "prev_hash": "prev_hash"}


@pytest.fixture
def filled(store: Store, reports: Reports, noon: datetime) -> Store:
    store.log.append(reports(3), noon)
    return store


def test_the_row_these_tests_start_from_is_one_the_guard_lets_through(filled: Store, raw: Raw) -> None:
    raw(f"INSERT INTO events ({COLUMNS}) {row(**NEXT)}")
    assert filled.log.head().seq == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET stance = 'opposes' WHERE seq = 2",
        "UPDATE events SET seq = 99 WHERE seq = 3",
        "UPDATE OR REPLACE events SET seq = 1 WHERE seq = 3",
        "UPDATE OR IGNORE events SET hash = prev_hash",
        "DELETE FROM events WHERE seq = 3",
        "DELETE FROM events",
        f"REPLACE INTO events ({COLUMNS}) {row(seq='2')}",
        f"INSERT OR REPLACE INTO events ({COLUMNS}) {row(stance=chr(39) + 'opposes' + chr(39))}",
        f"INSERT OR REPLACE INTO events ({COLUMNS}) {row(**NEXT | {'id': 'id'})}",
        f"INSERT OR IGNORE INTO events ({COLUMNS}) {row(**NEXT | {'id': 'id'})}",
        f"INSERT INTO events ({COLUMNS}) SELECT * FROM ({row(seq='2')}) WHERE true "
        "ON CONFLICT (seq) DO UPDATE SET stance = 'opposes'",
        f"INSERT INTO events ({COLUMNS}) SELECT * FROM ({row(**NEXT | {'id': 'id'})}) WHERE true "
        "ON CONFLICT (id) DO UPDATE SET stance = 'opposes'",
        f"REPLACE INTO events ({COLUMNS}) {row(**NEXT | AGAIN)}",
        f"REPLACE INTO events ({COLUMNS}) {row(**NEXT | {'seq': '1', 'prev_hash': 'zeroblob(32)'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'seq': 'seq + 2'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'seq': '0'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'seq': '-1'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'seq': 'NULL'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'prev_hash': 'prev_hash'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'prev_hash': 'zeroblob(32)'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'hash': 'zeroblob(31)'})}",
        f"INSERT INTO events ({COLUMNS}) {row(**NEXT | {'recorded_at': chr(39) + '2024-01-01' + chr(39)})}",
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_database_refuses(filled: Store, raw: Raw, path: Path, statement: str, recursive: str) -> None:
    before = raw("SELECT * FROM events")
    with pytest.raises(sqlite3.IntegrityError, match="the log is append-only"):
        raw(f"PRAGMA recursive_triggers = {recursive}", statement)
    assert raw("SELECT * FROM events") == before
    assert verify(path).ok


@pytest.mark.parametrize("values", [NEXT | {"seq": "1"}, NEXT | {"seq": "2", "prev_hash": "zeroblob(32)"}])
def test_the_first_row_of_an_empty_log_follows_from_nothing(
    filled: Store, tmp_path: Path, values: dict[str, str]
) -> None:
    open_store(tmp_path / "empty.db").close()
    with closing(sqlite3.connect(tmp_path / "empty.db")) as connection:
        connection.execute("ATTACH ? AS filled", (str(filled.path),))
        source = row(**values).replace("FROM events", "FROM filled.events")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(f"INSERT INTO main.events ({COLUMNS}) {source}")


def test_sqlite_utils_cannot_upsert_into_the_log_either(filled: Store, raw: Raw, path: Path) -> None:
    from sqlite_utils import Database

    connection = sqlite3.connect(path)
    try:
        table = Database(connection)["events"]
        (last,) = list(table.rows_where("seq = 3"))
        for write in (table.upsert, table.insert):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                write(
                    {**last, "stance": "opposes"},
                    pk="seq",
                    **({"replace": True} if write == table.insert else {}),
                )
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            table.update(3, {"stance": "opposes"})
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            table.delete(3)
    finally:
        connection.close()
    assert verify(path).ok
