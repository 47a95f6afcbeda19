"""Whatever is done to a copy of the log with its guards taken away, `verify` finds it and says where."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tracker.errors import BrokenChain, GuardMissing, NotOurDatabase, StoreError, UnknownEvent
from tracker.events import StanceReported
from tracker.log import Head
from tracker.log.chain import link, place
from tracker.log.codec import Row, encode
from tracker.log.identity import identity
from tracker.store import open_store
from tracker.store.schema import GUARDS
from tracker.store.verification import verify
from tracker.testing import report

Reports = Callable[..., list[StanceReported]]
ROWS = 8


@pytest.fixture
def copy(path: Path, reports: Reports, noon: datetime) -> Path:
    """A log of eight events, with nothing open on it."""
    with open_store(path) as store:
        for n, event in enumerate(reports(ROWS)):
            store.log.append([event], noon + timedelta(hours=n))
    return path


@pytest.fixture
def tamper(copy: Path) -> Iterator[Callable[..., None]]:
    """Runs statements with the guards off, and puts the guards back."""

    def run(statement: str, *values: object) -> None:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            for guard in GUARDS:
                connection.execute(f"DROP TRIGGER {guard}")
            connection.execute(statement, values)
            for sql in GUARDS.values():
                connection.execute(sql)

    yield run


def test_a_log_nobody_touched_is_sound(copy: Path) -> None:
    found = verify(copy)
    assert found.ok
    assert (found.events, found.head.seq, found.first_bad, found.faults, found.more) == (
        8,
        8,
        None,
        (),
        False,
    )
    with open_store(copy, read_only=True) as store:
        assert store.log.head() == found.head


def test_an_empty_log_is_sound(path: Path) -> None:
    open_store(path).close()
    assert verify(path).ok


TEXTS = (
    "id", "kind", "recorded_at", "occurred_at", "precision", "contest", "elector", "candidate", "stance",
    "certainty", "item", "producer", "data",
)  # fmt: skip


@pytest.mark.parametrize("column", TEXTS)
@pytest.mark.parametrize("seq", [1, 4, ROWS])
def test_a_changed_character_is_found_in_its_row(
    copy: Path, tamper: Callable[..., None], column: str, seq: int
) -> None:
    for at in ("1", f"length({column})", f"length({column}) / 2"):
        before = copy.read_bytes()
        tamper(
            f"UPDATE events SET {column} = substr({column}, 1, {at} - 1) || "
            f"char(unicode(substr({column}, {at}, 1)) + 1) || substr({column}, {at} + 1) WHERE seq = ?",
            seq,
        )
        found = verify(copy)
        assert found.first_bad == seq, (column, at)
        assert isinstance(found.faults[0], BrokenChain)
        assert verify(copy, chain_only=True).first_bad == seq
        copy.write_bytes(before)


@pytest.mark.parametrize("column", ["hash", "prev_hash"])
@pytest.mark.parametrize("seq", [1, 4, ROWS])
def test_each_changed_byte_of_a_hash_is_found(
    copy: Path, tamper: Callable[..., None], column: str, seq: int
) -> None:
    before = copy.read_bytes()
    for position in (0, 13, 31):
        with closing(sqlite3.connect(copy)) as connection:
            (value,) = connection.execute(f"SELECT {column} FROM events WHERE seq = ?", (seq,)).fetchone()
        changed = bytearray(value)
        changed[position] ^= 1
        tamper(f"UPDATE events SET {column} = ? WHERE seq = ?", bytes(changed), seq)
        assert verify(copy).first_bad == seq
        copy.write_bytes(before)


@pytest.mark.parametrize("change", ["version = 2", "version = -1"])
def test_a_changed_version_is_found(copy: Path, tamper: Callable[..., None], change: str) -> None:
    tamper(f"UPDATE events SET {change} WHERE seq = 4")
    assert verify(copy).first_bad == 4


@pytest.mark.parametrize("column", ["elector", "candidate", "stance", "certainty", "item"])
def test_emptying_a_column_is_found(copy: Path, tamper: Callable[..., None], column: str) -> None:
    for value in (None, "", "\x1e"):
        before = copy.read_bytes()
        tamper(f"UPDATE events SET {column} = ? WHERE seq = 4", value)
        assert verify(copy).first_bad == 4
        copy.write_bytes(before)


def test_text_moved_to_the_next_column_is_found(copy: Path, tamper: Callable[..., None]) -> None:
    tamper("UPDATE events SET elector = elector || char(31) || candidate, candidate = '' WHERE seq = 4")
    assert verify(copy).first_bad == 4


def test_bytes_that_are_no_text_are_found(copy: Path, tamper: Callable[..., None]) -> None:
    tamper("UPDATE events SET producer = CAST(x'c328' AS TEXT) WHERE seq = 4")
    assert verify(copy).first_bad == 4


@pytest.mark.parametrize("seq", [1, 4, 7])
def test_a_dropped_row_is_found(copy: Path, tamper: Callable[..., None], seq: int) -> None:
    tamper("DELETE FROM events WHERE seq = ?", seq)
    found = verify(copy)
    assert found.first_bad == seq
    assert str(found.faults[0]) == f"event {seq}: event {seq} is missing"


def test_a_dropped_row_is_found_when_the_others_close_ranks(copy: Path, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM events WHERE seq = 4")
    tamper("UPDATE events SET seq = seq - 1 WHERE seq > 4")
    assert verify(copy).first_bad == 4


def test_two_rows_that_changed_places_are_found(copy: Path, tamper: Callable[..., None]) -> None:
    tamper("UPDATE events SET seq = 100 WHERE seq = 3")
    tamper("UPDATE events SET seq = 3 WHERE seq = 5")
    tamper("UPDATE events SET seq = 5 WHERE seq = 100")
    assert verify(copy).first_bad == 3


def test_a_row_put_in_between_is_found(copy: Path, tamper: Callable[..., None]) -> None:
    tamper("UPDATE events SET seq = -seq WHERE seq > 3")
    tamper("UPDATE events SET seq = 1 - seq WHERE seq < 0")
    tamper(
        "INSERT INTO events SELECT 4, 'put in', kind, version, recorded_at, occurred_at, precision, contest, "
        "elector, candidate, stance, certainty, item, producer, data, hash, randomblob(32) "
        "FROM events WHERE seq = 3"
    )
    assert verify(copy).first_bad == 4


def forged(row: Row, *, after: Head, id_: str, at: str) -> tuple[object, ...]:
    """A row that follows from the head, its hash made as tracker makes it."""
    seq = after.seq + 1
    return (seq, id_, at, after.hash, link(after.hash, place(seq, id_, at) + row.content()), *row)


FORGE = (
    "INSERT INTO events (seq, id, recorded_at, prev_hash, hash, kind, version, occurred_at, precision, "
    "contest, elector, candidate, stance, certainty, item, producer, data) "
    f"VALUES ({', '.join('?' * 17)})"
)


def test_a_row_whose_id_is_not_its_contents_is_found(copy: Path, tamper: Callable[..., None]) -> None:
    head = verify(copy).head
    row = encode(report(speaker="forger"))
    tamper(FORGE, *forged(row, after=head, id_="ab" * 16, at="2024-04-01T00:00:00.000000Z"))
    assert verify(copy, chain_only=True).ok
    found = verify(copy)
    assert found.first_bad == ROWS + 1
    assert "its id is not made from its content" in str(found.faults[0])


def test_a_row_recorded_before_the_one_it_follows_is_found(copy: Path, tamper: Callable[..., None]) -> None:
    event = report(speaker="forger")
    row = encode(event)
    head = verify(copy).head
    tamper(FORGE, *forged(row, after=head, id_=identity(event), at="2024-01-01T00:00:00.000000Z"))
    found = verify(copy)
    assert found.first_bad == ROWS + 1
    assert "recorded before" in str(found.faults[0])


def test_a_row_that_no_program_can_read_is_found(copy: Path, tamper: Callable[..., None]) -> None:
    from tracker.log.identity import of_content

    head = verify(copy).head
    row = encode(report())._replace(kind="rumour_heard")
    tamper(FORGE, *forged(row, after=head, id_=of_content(row.content()), at="2024-04-01T00:00:00.000000Z"))
    (fault,) = verify(copy).faults
    assert isinstance(fault, UnknownEvent)
    assert fault.seq == ROWS + 1


def test_a_tail_cut_off_is_found_by_a_head_that_was_published(
    copy: Path, tamper: Callable[..., None]
) -> None:
    published = verify(copy).head
    assert verify(copy, published=published).ok
    tamper("DELETE FROM events WHERE seq > 6")
    assert verify(copy).ok
    found = verify(copy, published=published)
    assert found.first_bad == 7
    assert "its tail was cut off" in str(found.faults[0])


def test_a_log_written_anew_is_found_by_a_head_that_was_published(
    copy: Path, reports: Reports, noon: datetime
) -> None:
    published = verify(copy).head
    copy.unlink()
    with open_store(copy) as store:
        store.log.append([report(speaker="forger"), *reports(ROWS)], noon)
    assert verify(copy).ok
    found = verify(copy, published=published)
    assert found.first_bad == published.seq
    assert "written anew" in str(found.faults[0])


def test_a_log_that_went_on_still_holds_its_published_head(
    copy: Path, reports: Reports, noon: datetime
) -> None:
    published = verify(copy).head
    with open_store(copy) as store:
        store.log.append(reports(3, "later"), noon + timedelta(days=1))
    assert verify(copy, published=published).ok


def test_missing_guards_are_reported_beside_the_rows(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DROP TRIGGER events_never_change")
        connection.execute("UPDATE events SET stance = 'opposes' WHERE seq = 2")
        connection.commit()
    broken, guard = verify(copy).faults[0], verify(copy).faults[-1]
    assert isinstance(broken, BrokenChain)
    assert broken.seq == 2
    assert isinstance(guard, GuardMissing)


def test_every_bad_row_is_reported_up_to_a_limit(copy: Path, tamper: Callable[..., None]) -> None:
    tamper("UPDATE events SET stance = 'opposes' WHERE seq IN (2, 5, 7)")
    found = verify(copy)
    assert sorted({fault.seq for fault in found.faults if isinstance(fault, BrokenChain)}) == [2, 5, 7]
    assert not found.more
    limited = verify(copy, limit=2)
    assert limited.more
    assert limited.first_bad == 2


def test_flipped_bytes_anywhere_in_the_events_are_found_or_harmless(copy: Path) -> None:
    """Bytes of the file itself, as a failing disk changes them: either a fault, or every event the same."""
    with open_store(copy, read_only=True) as store:
        events = list(store.log.read())
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    original = copy.read_bytes()
    chance = random.Random(5)
    found = 0
    for _ in range(150):
        at = chance.randrange(4096, len(original))
        damaged = bytearray(original)
        damaged[at] ^= 1 << chance.randrange(8)
        copy.write_bytes(bytes(damaged))
        for rest in ("-wal", "-shm"):
            Path(f"{copy}{rest}").unlink(missing_ok=True)
        if not verify(copy).ok:
            found += 1
            continue
        with open_store(copy, read_only=True) as store:
            assert list(store.log.read()) == events, f"byte {at}"
    assert found > 0


def test_a_file_cut_short_is_a_fault_not_a_crash(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(copy, copy.stat().st_size // 3 // 4096 * 4096)
    found = verify(copy)
    assert not found.ok
    assert any(isinstance(fault, StoreError) for fault in found.faults)


def test_progress_is_told(path: Path, reports: Reports, noon: datetime) -> None:
    with open_store(path) as store:
        store.log.append(reports(5_500), noon)
    steps: list[tuple[int, int]] = []
    verify(path, on_progress=lambda done, total: steps.append((done, total)))
    assert steps == [(5_000, 5_500), (5_500, 5_500)]


def test_verifying_changes_nothing_and_works_while_another_writes(
    copy: Path, reports: Reports, noon: datetime, tmp_path: Path
) -> None:
    shutil.copy(copy, tmp_path / "before.db")
    assert verify(copy).ok
    assert (tmp_path / "before.db").read_bytes() == copy.read_bytes()
    with open_store(copy) as store, store.transaction():
        store.log.append(reports(2, "under way"), noon + timedelta(days=1))
        assert verify(copy).events == ROWS
    assert verify(copy).events == ROWS + 2


def test_what_is_no_log_of_ours_is_named(tmp_path: Path, path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        verify(path)
    path.write_text("something else, long enough to be looked at as a database file" * 10)
    with pytest.raises(StoreError):
        verify(path)
    with closing(sqlite3.connect(tmp_path / "songs.db")) as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(NotOurDatabase):
        verify(tmp_path / "songs.db")
