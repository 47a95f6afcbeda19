"""`backup` and `restore`, on real files."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

from tracker.cli.exits import Exit
from tracker.service.instance import single_instance
from tracker.store import open_store
from tracker.store.verification import verify

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


def events(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM events ORDER BY seq").fetchall()
    connection.close()
    return rows


def test_a_backup_is_the_database_of_that_moment_and_is_checked(
    race: Path, tracker: Tracker, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with open_store(race) as store, store.transaction():  # a writer at work
        told = json.loads(tracker("backup", copy, "--format", "json").stdout)
    assert (told["path"], told["events"]) == (str(copy), 4)
    assert events(copy) == events(race)
    assert verify(copy).ok and verify(copy).head.hash.hex() == told["head"]["hash"]
    assert not list(tmp_path.glob(".*"))


def test_a_backup_overwrites_nothing(race: Path, tracker: Tracker, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    result = tracker("backup", "copy.db")
    assert result.returncode == Exit.STORE and "never overwrites" in result.stderr
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_damaged_log_makes_no_backup(race: Path, tracker: Tracker, tmp_path: Path) -> None:
    connection = sqlite3.connect(race)
    connection.execute("DROP TRIGGER events_never_change")
    connection.execute("UPDATE events SET producer = 'x' WHERE seq = 2")
    connection.commit()
    connection.close()
    result = tracker("backup", "copy.db")
    assert result.returncode == Exit.LOG
    assert not (tmp_path / "copy.db").exists()


def test_backups_by_time_are_rotated_and_other_files_are_left(
    race: Path, tracker: Tracker, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    others = [
        folder / name
        for name in ("tracker-notes.db", "other-20200101T000000Z.db", "tracker-20200101T000000Z.txt")
    ]
    old = [folder / f"tracker-202001{day:02}T000000Z.db" for day in (1, 2, 3)]
    for path in (*others, *old):
        path.write_text("x")
    told = json.loads(tracker("backup", "--into", folder, "--keep", 2, "--format", "json").stdout)
    assert told["removed"] == [str(path) for path in old[:2]]
    assert sorted(folder.iterdir()) == sorted([*others, old[2], Path(told["path"])])


def test_a_restore_puts_the_backup_in_place_and_keeps_what_was_there(
    race: Path, tracker: Tracker, tmp_path: Path, harbour: type
) -> None:
    tracker("backup", "copy.db")
    before = events(race)
    with open_store(race) as store:
        store.log.append([harbour.reported("east-quay", harbour.race[1].stance, day=30)], harbour.start)  # type: ignore[attr-defined]
    later = events(race)
    told = json.loads(tracker("restore", "copy.db", "--format", "json").stdout)
    assert events(race) == before and events(Path(told["aside"])) == later
    assert verify(race).ok and (tmp_path / "copy.db").exists()
    with open_store(race) as store:
        assert store.log.head().seq == 4


def test_a_restore_is_refused_beside_a_daemon_and_of_what_is_no_log(
    race: Path, tracker: Tracker, tmp_path: Path
) -> None:
    tracker("backup", "copy.db")
    with single_instance(race):
        assert tracker("restore", "copy.db").returncode == Exit.RUNNING
    before = events(race)
    (tmp_path / "text.db").write_text("no database" * 50)
    refused = tracker("restore", "text.db")
    assert refused.returncode == Exit.STORE and "no SQLite database" in refused.stderr
    broken = bytearray((tmp_path / "copy.db").read_bytes())
    at = broken.index(b"south-quay")
    broken[at] ^= 1
    (tmp_path / "broken.db").write_bytes(broken)
    assert tracker("restore", "broken.db").returncode in (Exit.LOG, Exit.STORE)
    assert events(race) == before


def test_one_place_must_be_named(race: Path, tracker: Tracker) -> None:
    assert tracker("backup").returncode == Exit.USAGE
    assert tracker("backup", "a.db", "--into", "b").returncode == Exit.USAGE
