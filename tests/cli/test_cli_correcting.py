"""`record`, `retract`, `reinstate`, `confirm`: a person's word is an event, signed, and alerts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit
from tracker.stances import Certainty, Stance
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]
SIGNED = ("--by", "A. Editor", "--why", "seen on its site")

pytestmark = pytest.mark.usefixtures("race")


def stance_of(tracker: Tracker, elector: str) -> str:
    found = json.loads(tracker("why", elector, "--candidate", "anna-berg", "--format", "json").stdout)
    return str(found["standing"]["stance"])


def test_a_stance_entered_by_hand_is_an_event_with_its_author_and_reason(tracker: Tracker) -> None:
    result = tracker(
        "record", "East Quay", "Berg", "supports", "--date", "2020-02-01", "--quote", "we back her",
        "--speaker", "its chair", "--url", "https://east.example/1", "--format", "json", *SIGNED,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    event = json.loads(result.stdout)
    assert event["seq"] == 5 and event["kind"] == "stance_reported"
    assert event["elector"] == "east-quay" and event["candidate"] == "anna-berg"
    assert event["producer"] == "A. Editor" and event["data"]["note"] == "seen on its site"
    assert event["occurred_at"].startswith("2020-02-01T00:00:00") and event["precision"] == "day"
    assert event["item"] is None and event["data"]["evidence"]["text"] == "we back her"
    assert "unknown → supports" in result.stderr
    assert stance_of(tracker, "east-quay") == "supports"
    (alert,) = json.loads(tracker("alerts", "list", "--format", "json").stdout)
    assert (alert["elector"], alert["from"], alert["to"]) == ("east-quay", "unknown", "supports")
    assert tracker("verify").returncode == 0


def test_the_same_word_twice_is_one_event(tracker: Tracker, race: Path) -> None:
    words = ("record", "east-quay", "anna-berg", "opposes", "--date", "2020-02-01", *SIGNED)
    assert tracker(*words).returncode == 0
    again = tracker(*words)
    assert again.returncode == 0 and "holds this already" in again.stderr
    with open_store(race, read_only=True) as store:
        assert store.log.head().seq == 5


@pytest.mark.parametrize("missing", ["--by", "--why", "--date"])
def test_nothing_is_entered_without_a_date_a_name_and_a_reason(
    tracker: Tracker, race: Path, missing: str
) -> None:
    words = ["record", "east-quay", "anna-berg", "opposes", "--date", "2020-02-01", *SIGNED]
    at = words.index(missing)
    result = tracker(*words[:at], *words[at + 2 :])
    assert result.returncode == Exit.USAGE and missing in result.stderr
    with open_store(race, read_only=True) as store:
        assert store.log.head().seq == 4


def test_a_blank_name_or_a_day_to_come_is_refused(tracker: Tracker) -> None:
    words = ("record", "east-quay", "anna-berg", "opposes")
    blank = tracker(*words, "--date", "2020-02-01", "--by", " ", "--why", "x")
    assert blank.returncode == Exit.INPUT and "--by" in blank.stderr
    future = tracker(*words, "--date", "2999-01-01", *SIGNED)
    assert future.returncode == Exit.INPUT and "future" in future.stderr


def test_a_retracted_report_counts_no_more_until_it_is_reinstated(tracker: Tracker) -> None:
    lines = tracker("log", "--elector", "south-quay", "--format", "ndjson").stdout.splitlines()
    latest = json.loads(lines[-1])["id"]
    assert stance_of(tracker, "south-quay") == "supports"
    taken_back = tracker("retract", latest[:8], *SIGNED)
    assert taken_back.returncode == 0, taken_back.stderr
    assert stance_of(tracker, "south-quay") == "opposes"
    again = tracker("retract", latest[:8], *SIGNED)
    assert again.returncode == Exit.INPUT and "retracted already" in again.stderr
    text = tracker("why", "south-quay", "--candidate", "anna-berg").stdout
    assert "retracted by A. Editor" in text and "seen on its site" in text
    assert tracker("reinstate", latest, *SIGNED).returncode == 0
    assert stance_of(tracker, "south-quay") == "supports"
    assert tracker("reinstate", latest, *SIGNED).returncode == Exit.INPUT
    assert tracker("verify").returncode == 0
    assert tracker("rebuild", "--check").returncode == 0


def test_what_was_known_before_a_retraction_stays_as_it_was(tracker: Tracker) -> None:
    known = ("status", "--as-of", "2020-01-31", "--known-at", "2020-01-31", "--format", "json")
    before = json.loads(tracker(*known).stdout)
    report = json.loads(tracker("log", "--format", "ndjson", "--limit", "1").stdout)["id"]
    assert tracker("retract", report, *SIGNED).returncode == 0
    assert json.loads(tracker(*known).stdout) == before
    now = json.loads(tracker("status", "--as-of", "2020-01-31", "--format", "json").stdout)
    assert now["rule"]["have"] == before["rule"]["have"] - 1


def test_a_confirmed_report_needs_no_second_origin(tracker: Tracker, race: Path, harbour: Any) -> None:
    told = harbour.reported("south-quay", Stance.OPPOSES, day=40, certainty=Certainty.REPORTED)
    with open_store(race) as store:
        (stored,) = store.log.append([told], harbour.start)
    assert stance_of(tracker, "south-quay") == "supports"
    assert tracker("confirm", stored.id[:8], *SIGNED).returncode == 0
    assert stance_of(tracker, "south-quay") == "opposes"


def test_a_report_that_is_not_there_is_refused(tracker: Tracker) -> None:
    for verb in ("retract", "reinstate", "confirm"):
        result = tracker(verb, "ffffffff", *SIGNED)
        assert result.returncode == Exit.USAGE
        assert "no event 'ffffffff'" in result.stderr


def test_a_roster_is_no_report_to_retract(tracker: Tracker) -> None:
    roster = json.loads(tracker("log", "--kind", "contest", "--format", "ndjson").stdout)["id"]
    result = tracker("retract", roster, *SIGNED)
    assert result.returncode == Exit.USAGE and "no report" in result.stderr


def test_a_first_word_by_hand_declares_its_contest(tracker: Tracker, race: Path) -> None:
    fresh = race.with_name("fresh.db")
    words = ("record", "east-quay", "anna-berg", "opposes", "--date", "2020-02-01", *SIGNED)
    assert tracker("--db", fresh, *words).returncode == 0
    lines = tracker("--db", fresh, "log", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["contest_declared", "stance_reported"]


def test_a_decision_closes_the_race_in_the_log(tracker: Tracker) -> None:
    result = tracker("contest", "decide", "anna", "--date", "2020-03-01", *SIGNED)
    assert result.returncode == Exit.USAGE and "did you mean anna-berg" in result.stderr
    assert tracker("contest", "decide", "anna-berg", "--date", "2020-03-01", *SIGNED).returncode == 0
    (event,) = [
        json.loads(x) for x in tracker("log", "--kind", "decided", "--format", "ndjson").stdout.splitlines()
    ]
    assert event["candidate"] == "anna-berg" and event["data"]["reason"] == "seen on its site"
