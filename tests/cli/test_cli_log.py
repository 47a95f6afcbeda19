"""`tracker log`: the events in every format, filtered, searched, as known then, and as they come."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit
from tracker.cli.logbook import KINDS
from tracker.cli.tables import width
from tracker.events import EventId, StanceReported, SupportImplied
from tracker.log.codec import Row, kinds
from tracker.stances import ElectorId, Stance
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


def seqs(text: str) -> list[int]:
    return [json.loads(line)["seq"] for line in text.splitlines()]


def test_a_line_of_ndjson_holds_the_fields_of_the_table(race: Path, tracker_process: Tracker) -> None:
    result = tracker_process("log", "--db", race, "--format", "ndjson")
    assert result.returncode == 0 and result.stderr == ""
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    expected = {"seq", "id", "recorded_at", "prev_hash", "hash", *Row._fields}
    for event in events:
        assert set(event) == expected
    with open_store(race, read_only=True) as store:
        stored = list(store.log.read())
    last = events[3]
    assert last["id"] == stored[3].id
    assert last["hash"] == stored[3].hash.hex()
    assert last["prev_hash"] == events[2]["hash"]
    assert last["kind"] == "stance_reported" and last["version"] == 1
    assert last["elector"] == "south-quay" and last["candidate"] == "anna-berg"
    assert last["stance"] == "supports" and last["certainty"] == "official"
    assert last["contest"] == "harbour-2020" and last["item"] is None and last["producer"] == "tests"
    assert last["occurred_at"].startswith("2020-01-30T12:00:00") and last["occurred_at"].endswith("Z")
    assert last["data"]["evidence"]["text"] == "south-quay supports anna-berg"
    assert events[0]["elector"] is None and events[0]["stance"] is None


def test_json_and_csv_hold_the_same_events(race: Path, tracker: Tracker) -> None:
    lines = tracker("log", "--db", race, "--format", "ndjson").stdout.splitlines()
    assert json.loads(tracker("log", "--db", race, "--format", "json").stdout) == [*map(json.loads, lines)]
    rows = list(csv.DictReader(io.StringIO(tracker("log", "--db", race, "--format", "csv").stdout)))
    assert [row["hash"] for row in rows] == [json.loads(line)["hash"] for line in lines]
    assert json.loads(rows[1]["data"]) == json.loads(lines[1])["data"]
    assert rows[0]["elector"] == ""


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_event_can_be_asked_for_by_its_short_name(
    race: Path, tracker: Tracker, kind: str
) -> None:
    (short,) = (short for short, long in KINDS.items() if long == kind)
    result = tracker("log", "--db", race, "--kind", short, "--format", "ndjson")
    assert result.returncode == 0, result.stderr
    held = {"contest_declared": 1, "stance_reported": 3}.get(kind, 0)
    assert [json.loads(line)["kind"] for line in result.stdout.splitlines()] == [kind] * held


def test_what_a_count_implies_is_told_by_those_it_names(race: Path, tracker: Tracker) -> None:
    with open_store(race) as store:
        report = next(each.event for each in store.log.read() if isinstance(each.event, StanceReported))
        implied = SupportImplied(
            contest=report.contest,
            candidate=report.candidate,
            electors=(ElectorId("east-quay"),),
            holdouts=(ElectorId("north-quay"), ElectorId("south-quay")),
            count=EventId("0" * 32),
            certainty=report.certainty,
            speaker="",
            occurred_at=report.occurred_at,
            precision=report.precision,
            item=None,
            source=report.source,
            evidence=report.evidence,
            rule="by-hand",
            producer="tests",
        )
        store.log.append([implied], datetime(2020, 3, 1, tzinfo=UTC))
    shown = tracker("log", "--db", race, "--kind", "implied").stdout
    assert "supports: all but north-quay, south-quay" in shown


def test_options_are_taken_before_and_after_the_verb_and_from_the_environment(
    race: Path, tracker_process: Tracker
) -> None:
    after = tracker_process("log", "--db", race, "--format", "ndjson").stdout
    assert tracker_process("--db", race, "--format", "ndjson", "log").stdout == after
    assert tracker_process("--format", "csv", "log", "--db", race, "--format", "ndjson").stdout == after
    env = {**os.environ, "TRACKER_DB": str(race), "TRACKER_LOG_FORMAT": "ndjson"}
    assert tracker_process("log", env=env).stdout == after
    assert (
        tracker_process("log", "--format", "ndjson", env={**os.environ, "TRACKER_DB": str(race)}).stdout
        == after
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--kind", "contest"), [1]),
        (("--kind", "stance_reported", "--elector", "south-quay"), [3, 4]),
        (("--elector", "South Quay"), [3, 4]),
        (("--candidate", "Berg"), [2, 3, 4]),
        (("--candidate", "boris-cole"), []),
        (("--since", "2020-01-12"), [3, 4]),
        (("--until", "2020-01-11"), [1, 2]),
        (("--as-of", "2020-01-12"), [1, 2, 3]),
        (("--known-at", "2020-01-11"), [1, 2]),
        (("--known-at", "2020-01-12T11:59:59Z"), [1, 2]),
        (("--search", "south supports"), [4]),
        (("--search", '"supports south"'), []),
        (("--limit", "2"), [3, 4]),
        (("--limit", "1", "--kind", "stance"), [4]),
        (("--contest", "harbour-2020"), [1, 2, 3, 4]),
        (("--item", "none"), []),
    ],
)
def test_filters_let_through_what_they_say(
    race: Path, tracker: Tracker, filters: tuple[str, ...], expected: list[int]
) -> None:
    result = tracker("log", "--db", race, "--format", "ndjson", *filters)
    assert result.returncode == 0, result.stderr
    assert seqs(result.stdout) == expected


def test_an_unknown_elector_is_refused_with_the_near_ones(race: Path, tracker: Tracker) -> None:
    result = tracker("log", "--db", race, "--elector", "nort-quay")
    assert result.returncode == Exit.USAGE
    suggestion = "did you mean north-quay or south-quay?"
    assert result.stderr == f"tracker: harbour-2020: no elector 'nort-quay'; {suggestion}\n"
    assert result.stdout == ""


def test_an_unknown_candidate_or_contest_is_refused_with_what_there_is(race: Path, tracker: Tracker) -> None:
    result = tracker("log", "--db", race, "--candidate", "ana berg")
    assert result.returncode == Exit.USAGE and "did you mean anna-berg?" in result.stderr
    result = tracker("log", "--db", race, "--contest", "harbor-2020", "--elector", "north-quay")
    assert result.returncode == Exit.USAGE and "did you mean harbour-2020?" in result.stderr


def test_follow_prints_what_another_process_appends_and_ends_quietly(race: Path, harbour: Any) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", "log", "--db", str(race), "--follow", "--limit", "1",
         "--format", "ndjson"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline())["seq"] == 4
        with open_store(race) as store:
            store.log.append([harbour.reported("east-quay", Stance.UNDECIDED, day=30)], harbour.start)
        assert json.loads(process.stdout.readline())["seq"] == 5
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == Exit.INTERRUPTED
        assert process.stdout.read() == ""
        assert process.stderr.read().strip() == ""


def test_a_reader_that_stops_reading_ends_the_command_quietly(tmp_path: Path, harbour: Any) -> None:
    path = tmp_path / "long.db"
    with open_store(path) as store:
        store.log.append(
            [harbour.reported("north-quay", Stance.SUPPORTS, day=day) for day in range(2000)], harbour.start
        )
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", "log", "--db", str(path), "--format", "ndjson"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == Exit.CLOSED_PIPE
        assert process.stderr.read() == ""


def on_a_terminal(arguments: list[str], *, columns: int, env: dict[str, str]) -> str:
    """What a real process shows on a terminal of that width."""
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments],
        stdout=follower,
        stderr=follower,
        stdin=follower,
        env=env,
    ) as process:
        os.close(follower)
        shown = b""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            ready, _, _ = select.select([leader], [], [], 0.1)
            if ready:
                try:
                    more = os.read(leader, 65536)
                except OSError:
                    break
                if not more:
                    break
                shown += more
        process.wait(10)
    os.close(leader)
    return shown.decode()


def test_on_a_terminal_a_line_fits_and_standings_have_glyph_and_word(race: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")} | {"TERM": "xterm"}
    coloured = on_a_terminal(["log", "--db", str(race)], columns=120, env=env)
    assert "\x1b[" in coloured and "● supports" in coloured and "✕ opposes" in coloured
    plain = on_a_terminal(["log", "--db", str(race)], columns=120, env=env | {"NO_COLOR": "1"})
    assert "\x1b[" not in plain and "● supports" in plain
    lines = plain.splitlines()
    assert len(lines) == 5
    assert all(width(line) <= 120 for line in lines)
    assert any("…" in line for line in lines)


def test_a_headline_cannot_move_the_cursor(tmp_path: Path, tracker: Tracker, harbour: Any) -> None:
    path = tmp_path / "nasty.db"
    with open_store(path) as store:
        store.log.append(
            [harbour.reported("north-quay", Stance.SUPPORTS, day=1, outlet="\x1b[2J\x1b[31mGone")],
            harbour.start,
        )
    assert "\x1b" not in tracker("log", "--db", path).stdout
