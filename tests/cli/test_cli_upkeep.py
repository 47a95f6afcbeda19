"""`verify`, `rebuild`, and databases that are not as they should be: a clear error, nothing lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit
from tracker.stances import Stance
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


def flip_a_byte(path: Path, old: bytes = b"south-quay opposes anna-berg", at: int = 3) -> None:
    """Change one byte of a stored event in the file itself, as a failing disk would."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = path.read_bytes()
    assert old in content
    new = bytearray(old)
    new[at] ^= 1
    path.write_bytes(content.replace(old, bytes(new)))


def test_a_whole_chain_is_said_to_be_whole_with_its_head(race: Path, tracker: Tracker) -> None:
    result = tracker("verify")
    assert result.returncode == Exit.OK and result.stderr == ""
    with open_store(race, read_only=True) as store:
        head = store.log.head()
    assert f"4 events, the chain is whole.\nhead 4:{head.hash.hex()}" in result.stdout
    assert tracker("verify", "--head", f"4:{head.hash.hex()}", "--quick").returncode == Exit.OK
    found = json.loads(tracker("verify", "--format", "json").stdout)
    assert found == {
        "ok": True, "events": 4, "head": {"seq": 4, "hash": head.hash.hex()}, "first_bad": None, "faults": [],
        "more": False,
    }  # fmt: skip


def test_a_flipped_byte_is_found_located_and_changes_nothing(race: Path, tracker: Tracker) -> None:
    flip_a_byte(race)
    before = race.read_bytes()
    result = tracker("verify")
    assert result.returncode == Exit.LOG
    assert "event 3:" in result.stderr and "was changed" in result.stderr and "backup" in result.stderr
    found = json.loads(tracker("verify", "--format", "json").stdout)
    assert found["ok"] is False and found["first_bad"] == 3
    assert race.read_bytes() == before


def data_of_events(race: Path) -> dict[int, bytes]:
    """What the file holds of each event, read beside the product."""
    connection = sqlite3.connect(race)
    rows = connection.execute("SELECT seq, CAST(data AS BLOB) FROM events ORDER BY seq").fetchall()
    connection.close()
    return dict(rows)


def test_a_row_that_cannot_be_read_stops_every_verb_and_nothing_is_added(
    race: Path, tracker: Tracker
) -> None:
    whole = data_of_events(race)
    flip_a_byte(race, b'"condition":""', at=0)
    damaged = [seq for seq, data in data_of_events(race).items() if data != whole[seq]]
    assert damaged and damaged != list(whole)
    (race.parent / "item.txt").write_text("North Quay supports Anna Berg\n", "utf-8")
    before = race.read_bytes()
    signed = ("--date", "2020-02-01", "--by", "x", "--why", "y")
    for arguments in (
        ("status",), ("holdouts",), ("log",), ("rebuild",), ("verify",),
        ("ingest", "item.txt", "--published", "2020-02-01"),
        ("record", "east-quay", "anna-berg", "opposes", *signed),
    ):  # fmt: skip
        result = tracker(*arguments)
        assert result.returncode == Exit.LOG, arguments
        # Which of the damaged it meets first is the verb's own way through the log.
        assert any(f"event {seq}:" in result.stderr for seq in damaged), (arguments, result.stderr)
        assert "Traceback" not in result.stderr, arguments
    assert race.read_bytes() == before


def test_a_tail_cut_off_is_found_by_a_head_noted_before(race: Path, tracker: Tracker) -> None:
    with open_store(race, read_only=True) as store:
        head = store.log.head()
    connection = sqlite3.connect(race)
    guards = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM events WHERE seq = 4")
    for (sql,) in guards:
        connection.execute(sql)
    connection.commit()
    connection.close()
    assert tracker("verify", "--quick").returncode == Exit.OK
    result = tracker("verify", "--quick", "--head", f"4:{head.hash.hex()}")
    assert result.returncode == Exit.LOG
    assert "4" in result.stderr


def test_a_head_that_is_none_is_a_usage_error(race: Path, tracker: Tracker) -> None:
    result = tracker("verify", "--db", race, "--head", "4")
    assert result.returncode == Exit.USAGE and "not a head: '4'" in result.stderr


def test_a_missing_guard_stops_every_verb_but_verify_names_it(race: Path, tracker: Tracker) -> None:
    connection = sqlite3.connect(race)
    (name,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1").fetchone()
    connection.execute(f"DROP TRIGGER {name}")
    connection.commit()
    connection.close()
    for arguments in (("status",), ("log",), ("rebuild",)):
        result = tracker(*arguments)
        assert result.returncode == Exit.LOG, arguments
        assert name in result.stderr and "tracker verify" in result.stderr
    result = tracker("verify")
    assert result.returncode == Exit.LOG and name in result.stderr


@pytest.mark.parametrize("verb", ["status", "log", "verify", "alerts", "rebuild"])
def test_another_programs_file_is_refused_and_left_alone(
    configured: Path, tracker: Tracker, verb: str
) -> None:
    path = configured / "tracker.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = path.read_bytes()
    result = tracker(verb)
    assert result.returncode == Exit.STORE
    assert str(path) in result.stderr and "another program's database" in result.stderr
    assert "--db" in result.stderr and "Traceback" not in result.stderr
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(configured: Path, tracker: Tracker) -> None:
    path = configured / "tracker.db"
    path.write_text("Dear diary, " * 100, "utf-8")
    result = tracker("status")
    assert result.returncode == Exit.STORE and "no SQLite database" in result.stderr
    written = tracker("record", "east-quay", "anna-berg", "opposes", "--date", "2020-02-01",
                      "--by", "x", "--why", "y")  # fmt: skip
    assert written.returncode == Exit.STORE
    assert path.read_text("utf-8") == "Dear diary, " * 100


@pytest.mark.usefixtures("configured")
def test_no_database_yet_says_what_starts_one(configured: Path, tracker: Tracker) -> None:
    result = tracker("status")
    assert result.returncode == Exit.STORE
    assert "does not exist" in result.stderr and "tracker ingest" in result.stderr
    assert not (configured / "tracker.db").exists()


def test_readers_go_on_while_another_process_writes(race: Path, tracker: Tracker) -> None:
    connection = sqlite3.connect(race, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        assert tracker("status", "--as-of", "2020-01-15").returncode == Exit.OK
        assert tracker("verify").returncode == Exit.OK
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_rebuild_says_what_the_log_adds_up_to(race: Path, tracker: Tracker, harbour: Any) -> None:
    with open_store(race) as store:
        more = [harbour.reported("east-quay", Stance.UNDECIDED, day=day) for day in range(3, 250)]
        store.log.append(more, harbour.start)
    result = tracker("rebuild", "--check")
    assert result.returncode == Exit.OK
    assert (
        "harbour-2020: 250 reports, 3 standings" in result.stdout and "251 events compared." in result.stdout
    )
    found = json.loads(tracker("rebuild", "--format", "json").stdout)
    assert found["ok"] is True and found["events"] == 251
    assert tracker("log", "--search", "undecided", "--limit", "1").returncode == Exit.OK
