"""Several writers, a writer that dies, a disk that fails: nothing half-written, nothing acknowledged lost."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tracker.errors import DatabaseBusy, StoreError
from tracker.events import StanceReported
from tracker.store import Store, open_store
from tracker.store.verification import verify

Reports = Callable[..., list[StanceReported]]

WRITER = """
import sys
from datetime import UTC, datetime
from tracker.errors import StoreError
from tracker.store import open_store
from tracker.testing import report
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
def say(word):
    print(word, flush=True)
def events(number):
    return [report(speaker=f"{sys.argv[2]} {n}") for n in range(number)]
store = open_store(sys.argv[1])
say("ready")
sys.stdin.readline()
"""
ONE_BY_ONE = """
for event in events(int(sys.argv[3])):
    (stored,) = store.log.append([event], NOON)
    say(stored.id)
"""
# With little memory for pages, so that a part of the transaction is on disk before its end.
HELD_OPEN = """
with store._database.transaction() as connection:
    connection.execute("PRAGMA cache_size = 50")
    store.log.append(events(5000), NOON)
    say("inside")
    sys.stdin.readline()
"""
SMALL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
try:
    while True:
        for n in range(100_000):
            added = store.log.append([report(speaker=f"{sys.argv[2]} {n} {m}") for m in range(20)], NOON)
            say(added[-1].seq)
except StoreError as error:
    say(error)
"""


class Writer:
    """Another process that writes to the database."""

    def __init__(self, path: Path, name: str, script: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER + script, str(path), name, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.line() == "ready"

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> list[str]:
        """SIGKILL; whatever it had said before."""
        self.process.send_signal(signal.SIGKILL)
        said, _ = self.process.communicate(timeout=30)
        return said.split()

    def finish(self) -> list[str]:
        said, problem = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, problem
        return said.splitlines()


@pytest.fixture
def writer(path: Path) -> Iterator[Callable[..., Writer]]:
    started: list[Writer] = []

    def start(name: str, script: str, *arguments: str) -> Writer:
        started.append(Writer(path, name, script, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.kill()


def ids(store: Store) -> list[str]:
    return [stored.id for stored in store.log.read()]


def test_two_processes_append_at_once_and_make_one_chain(path: Path, writer: Callable[..., Writer]) -> None:
    open_store(path).close()
    writers = [writer(name, ONE_BY_ONE, "150") for name in ("one", "other")]
    for each in writers:
        each.go()
    said = [each.finish() for each in writers]
    with open_store(path, read_only=True) as store:
        kept = ids(store)
    assert sorted(kept) == sorted(said[0] + said[1])
    assert len(kept) == 300
    assert verify(path).ok
    for one in said:
        assert [id_ for id_ in kept if id_ in set(one)] == one, "each writer's events stay in its order"


def test_two_processes_that_append_the_same_events_add_them_once(
    path: Path, reports: Reports, noon: datetime, store: Store, writer: Callable[..., Writer]
) -> None:
    held = writer("same", HELD_OPEN)
    held.go()
    assert held.line() == "inside"
    added: list[int] = []
    from tracker.testing import report

    same = [report(speaker=f"same {n}") for n in range(10)]
    thread = threading.Thread(target=lambda: added.append(len(store.log.append([*same, *reports(1)], noon))))
    thread.start()
    held.go()
    held.finish()
    thread.join(60)
    assert added == [1]
    assert store.log.head().seq == 5001


def test_a_process_killed_in_mid_transaction_leaves_nothing_behind(
    path: Path, store: Store, reports: Reports, noon: datetime, writer: Callable[..., Writer]
) -> None:
    store.log.append(reports(3), noon)
    head = store.log.head()
    killed = writer("killed", HELD_OPEN)
    killed.go()
    assert killed.line() == "inside"
    assert Path(f"{path}-wal").stat().st_size > 1_000_000, "it had written a part to disk"
    killed.kill()
    assert store.log.head() == head
    store.log.append(reports(5), noon)
    store.close()
    found = verify(path)
    assert found.ok
    assert found.events == 5


def test_whatever_a_killed_process_acknowledged_is_there(path: Path, writer: Callable[..., Writer]) -> None:
    acknowledged: list[str] = []
    for turn in range(4):
        killed = writer(f"turn {turn}", ONE_BY_ONE, "100000")
        killed.go()
        acknowledged += [killed.line() for _ in range(10 + 7 * turn)]
        acknowledged += killed.kill()
        with open_store(path) as store:
            kept = ids(store)
        # The last one may have been stored when the kill came before the word of it.
        whole = [id_ for id_ in acknowledged if len(id_) == 32]
        assert set(whole) <= set(kept)
        assert len(kept) <= len(whole) + turn + 1
        assert verify(path).ok


def test_a_writer_that_waits_too_long_says_who_is_in_the_way(
    path: Path, store: Store, reports: Reports, noon: datetime
) -> None:
    store.log.append(reports(1), noon)
    with open_store(path, busy_timeout_s=0.1) as impatient, store.transaction():
        with pytest.raises(DatabaseBusy, match="another process holds it"):
            impatient.log.append(reports(2), noon)
        assert impatient.log.head().seq == 1, "reading goes on"
    with open_store(path) as later:
        assert len(later.log.append(reports(2), noon)) == 1


def test_a_database_locked_whole_by_another_program_is_busy_not_broken(path: Path) -> None:
    open_store(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseBusy):
            open_store(path, busy_timeout_s=0.1)


def test_a_disk_that_takes_no_more_loses_nothing_and_says_so(
    path: Path, writer: Callable[..., Writer]
) -> None:
    full = writer("full", SMALL_DISK)
    full.go()
    said = full.finish()
    assert "nothing of this was written" in said[-1]
    with open_store(path) as store:
        assert store.log.head().seq == int(said[-2])
        assert store.log.append([], datetime.max) == ()
    assert verify(path).ok


def test_a_transaction_that_fails_takes_everything_in_it_back(
    store: Store, reports: Reports, noon: datetime
) -> None:
    with pytest.raises(RuntimeError, match="the lights went out"), store.transaction():
        store.log.append(reports(2), noon)
        assert store.log.head().seq == 2, "a transaction sees its own writes"
        raise RuntimeError("the lights went out")
    assert store.log.head().seq == 0
    assert len(store.log.append(reports(2), noon)) == 2


def test_a_part_that_fails_can_be_given_up_alone(store: Store, reports: Reports, noon: datetime) -> None:
    with store.transaction():
        store.log.append(reports(1), noon)
        with pytest.raises(RuntimeError), store.transaction():
            store.log.append(reports(2), noon)
            raise RuntimeError
        assert store.log.head().seq == 1
        store.log.append(reports(1, "other"), noon)
    assert [stored.event for stored in store.log.read()] == [*reports(1), *reports(1, "other")]


def test_other_threads_do_not_see_what_is_not_yet_stored(
    store: Store, reports: Reports, noon: datetime
) -> None:
    seen: list[int] = []
    with store.transaction():
        store.log.append(reports(2), noon)
        thread = threading.Thread(target=lambda: seen.append(store.log.head().seq))
        thread.start()
        thread.join(30)
    assert seen == [0]


def test_readers_are_never_locked_out_by_a_writer(
    path: Path, store: Store, reports: Reports, noon: datetime
) -> None:
    problems: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            with open_store(path, read_only=True, busy_timeout_s=0) as reader:
                while not stop.is_set():
                    seqs = [stored.seq for stored in reader.log.read()]
                    assert seqs == list(range(1, len(seqs) + 1))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for event in reports(150):
        store.log.append([event], noon)
    stop.set()
    for thread in threads:
        thread.join(60)
    assert problems == []


def test_a_bad_row_met_while_reading_is_a_named_error(
    path: Path, store: Store, reports: Reports, noon: datetime
) -> None:
    store.log.append(reports(2), noon)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        (guard,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'events_never_change'"
        ).fetchone()
        connection.execute("DROP TRIGGER events_never_change")
        connection.execute("UPDATE events SET producer = CAST(x'c328' AS TEXT) WHERE seq = 2")
        connection.execute(guard)
        connection.commit()
    with open_store(path) as opened, pytest.raises(StoreError, match="damaged"):
        list(opened.log.read())


def test_a_backup_is_a_whole_log_while_others_write(
    path: Path, store: Store, reports: Reports, noon: datetime, tmp_path: Path
) -> None:
    store.log.append(reports(3), noon)
    with open_store(path) as other, other.transaction():
        other.log.append(reports(5), noon)
        store.backup(tmp_path / "copy.db")
    found = verify(tmp_path / "copy.db")
    assert (found.ok, found.events) == (True, 3)
    with open_store(tmp_path / "copy.db", create=False) as copy:
        assert len(copy.log.append(reports(5), noon)) == 2
    assert sorted(one.name for one in tmp_path.iterdir() if "part" in one.name) == []


def test_a_backup_overwrites_nothing_and_names_a_folder_that_is_missing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        store.backup(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"
    with pytest.raises(StoreError, match="cannot be opened"):
        store.backup(tmp_path / "nowhere" / "copy.db")
