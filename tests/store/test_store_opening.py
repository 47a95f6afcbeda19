"""Opening a database: ours, new, or somebody else's."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tracker.errors import GuardMissing, NotOurDatabase, StoreError
from tracker.events import StanceReported
from tracker.store import Store, open_store
from tracker.store.schema import APPLICATION_ID, FORMAT, GUARDS

Raw = Callable[..., list[tuple[object, ...]]]
Reports = Callable[..., list[StanceReported]]


def test_a_new_database_is_marked_as_ours_and_kept_safe_on_power_loss(store: Store, raw: Raw) -> None:
    assert raw("PRAGMA application_id") == [(APPLICATION_ID,)]
    assert raw("PRAGMA user_version") == [(FORMAT,)]
    assert raw("PRAGMA journal_mode") == [("wal",)]
    with store._database.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (10_000,)


def test_every_table_of_ours_is_strict(store: Store, raw: Raw) -> None:
    loose = raw(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict "
        "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'evidence_search%'"
    )
    assert loose == []


def test_what_was_stored_is_there_after_opening_again(path: Path, reports: Reports, noon: datetime) -> None:
    with open_store(path) as first:
        first.log.append(reports(3), noon)
        head = first.log.head()
    with open_store(path) as second:
        assert second.log.head() == head
        assert [stored.event for stored in second.log.read()] == reports(3)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_not_there_is_named_when_none_may_be_made(path: Path, read_only: bool) -> None:
    with pytest.raises(StoreError, match=r"tracker\.db: does not exist; `tracker run`"):
        open_store(path, create=False, read_only=read_only)
    assert not path.exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the folder .*nowhere does not exist"):
        open_store(tmp_path / "nowhere" / "tracker.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)


@pytest.mark.parametrize(
    "content", [b"a text about something else entirely\n" * 200, b"x", b"PK\x03\x04" * 50]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(NotOurDatabase, match="no SQLite database"):
        open_store(path)
    assert path.read_bytes() == content


def test_a_file_that_only_begins_like_a_database_is_refused(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"junk" * 2000)
    with pytest.raises(StoreError, match="damaged"):
        open_store(path)


def test_another_programs_database_is_refused_and_left_alone(path: Path, raw: Raw) -> None:
    path.touch()
    raw("CREATE TABLE songs (title)", "INSERT INTO songs VALUES ('one')")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(NotOurDatabase, match="another program's database"):
            open_store(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_database_with_another_programs_mark_is_refused_even_without_tables(path: Path, raw: Raw) -> None:
    path.touch()
    raw("PRAGMA application_id = 1234")
    with pytest.raises(NotOurDatabase):
        open_store(path)


def test_a_newer_format_is_refused(path: Path, raw: Raw) -> None:
    open_store(path).close()
    raw(f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(NotOurDatabase, match=f"has format {FORMAT + 1}, this program knows up to {FORMAT}"):
        open_store(path)


def test_an_empty_file_becomes_a_database_but_not_by_reading(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreError, match="holds no log yet"):
        open_store(path, read_only=True)
    with open_store(path) as store:
        assert store.log.head().seq == 0


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_a_dropped_guard_is_reported_at_the_next_opening(path: Path, raw: Raw, guard: str) -> None:
    open_store(path).close()
    raw(f"DROP TRIGGER {guard}")
    for read_only in (False, True):
        with pytest.raises(GuardMissing, match=f"the trigger {guard} is gone"):
            open_store(path, read_only=read_only)


def test_a_guard_that_no_longer_refuses_is_reported(path: Path, raw: Raw) -> None:
    open_store(path).close()
    raw(
        "DROP TRIGGER events_never_go",
        "CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT 1; END",
    )
    with pytest.raises(GuardMissing, match="the trigger events_never_go was changed"):
        open_store(path)


def test_a_table_remade_by_a_schema_tool_is_reported(path: Path) -> None:
    from sqlite_utils import Database

    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        Database(connection)["events"].transform(defaults={"producer": "nobody"})
    with pytest.raises(GuardMissing):
        open_store(path)


def test_a_database_opened_for_reading_takes_no_writing(
    path: Path, store: Store, reports: Reports, noon: datetime
) -> None:
    store.log.append(reports(1), noon)
    with open_store(path, read_only=True) as reader:
        assert [stored.event for stored in reader.log.read()] == reports(1)
        with pytest.raises(StoreError, match="for reading only"):
            reader.log.append(reports(2), noon)
    assert store.log.head().seq == 1


def test_a_reader_sees_what_another_appends(
    path: Path, store: Store, reports: Reports, noon: datetime
) -> None:
    with open_store(path, read_only=True) as reader:
        assert reader.log.head().seq == 0
        store.log.append(reports(2), noon)
        assert reader.log.head() == store.log.head()


def test_a_closed_store_says_so(path: Path, reports: Reports, noon: datetime) -> None:
    store = open_store(path)
    store.log.head()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed already"):
        store.log.head()
    with pytest.raises(StoreError, match="closed already"):
        store.log.append(reports(1), noon)


OPENS = """
import sys
from datetime import UTC, datetime
from tracker.store import open_store
from tracker.testing import report
print("ready", flush=True)
sys.stdin.readline()
with open_store(sys.argv[1]) as store:
    store.log.append([report(speaker=sys.argv[2])], datetime(2024, 3, 1, tzinfo=UTC))
"""


def test_several_processes_may_make_the_database_at_once(path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, str(path), f"speaker {n}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, problem = process.communicate(timeout=60)
        assert process.returncode == 0, problem
    with open_store(path, create=False) as store:
        speakers = {stored.event.speaker for stored in store.log.read()}  # type: ignore[union-attr]
        assert speakers == {f"speaker {n}" for n in range(4)}


def test_threads_share_one_store(store: Store, reports: Reports, noon: datetime) -> None:
    problems: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for event in reports(25, name):
                store.log.append([event], noon)
                assert store.log.head().seq > 0
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(f"thread {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert [stored.seq for stored in store.log.read()] == list(range(1, 151))


def test_connections_of_threads_that_ended_are_closed(store: Store) -> None:
    for _ in range(20):
        thread = threading.Thread(target=store.log.head)
        thread.start()
        thread.join()
    assert len(store._database._readers) <= 2
