"""A configuration that is wrong stops every verb, with every fault at its place; contest files likewise."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.cli.exits import Exit

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    "verb", [("status",), ("feeds",), ("contest", "list"), ("ingest", "config"), ("extract", "--text", "x")]
)
def test_a_wrong_key_is_named_with_file_line_and_the_right_one(
    configured: Path, race: Path, tracker: Tracker, verb: tuple[str, ...]
) -> None:
    settings = configured / "config" / "tracker.toml"
    settings.write_text('contest = "harbour-2020"\n\n[poll]\nintervall_s = 60\n', "utf-8")
    before = race.read_bytes()
    result = tracker(*verb)
    assert result.returncode == Exit.CONFIG
    assert "tracker.toml:4: poll.intervall_s" in result.stderr and "interval_s" in result.stderr
    assert result.stdout == "" and "Traceback" not in result.stderr
    assert race.read_bytes() == before


def test_every_fault_of_every_file_is_told_at_once(configured: Path, tracker: Tracker) -> None:
    config = configured / "config"
    (config / "tracker.toml").write_text('contest = "harbor-2020"\n[web]\nport = "high"\n', "utf-8")
    (config / "feeds.toml").write_text('[[feeds]]\nid = "a"\nurl = "ftp://example.org/x"\n', "utf-8")
    result = tracker("feeds")
    assert result.returncode == Exit.CONFIG
    for part in (
        "refused, 3 faults",
        "tracker.toml:3: web.port",
        "feeds.toml:3: feeds[0].url",
        "harbour-2020",
    ):
        assert part in result.stderr, part


def test_a_folder_that_is_not_there_is_refused(tracker: Tracker) -> None:
    result = tracker("status", "--config", "nowhere")
    assert result.returncode == Exit.CONFIG and "nowhere" in result.stderr


def test_the_environment_stands_over_the_file_and_the_command_line_over_both(
    race: Path, tracker_process: Tracker
) -> None:
    moved = race.rename(race.with_name("moved.db"))
    assert tracker_process("status").returncode == Exit.STORE
    env = {**os.environ, "TRACKER_DB": str(moved)}
    assert tracker_process("status", env=env).returncode == Exit.OK
    env["TRACKER_DB"] = "nowhere.db"
    assert tracker_process("status", env=env).returncode == Exit.STORE
    assert tracker_process("status", "--db", moved, env=env).returncode == Exit.OK
    wrong = tracker_process("status", "--db", moved, env=env | {"TRACKER_CONTEST": "harbor-2020"})
    assert wrong.returncode != Exit.OK and "harbour-2020" in wrong.stderr


def test_without_a_configuration_the_one_in_the_package_is_used(tracker: Tracker) -> None:
    ids = [contest["id"] for contest in json.loads(tracker("contest", "list", "--format", "json").stdout)]
    assert "nato-sg-2024" in ids
    assert len(json.loads(tracker("feeds", "list", "--format", "json").stdout)) > 3


@pytest.mark.usefixtures("configured")
def test_contests_are_listed_and_shown(tracker: Tracker) -> None:
    (listed,) = json.loads(tracker("contest", "--format", "json").stdout)
    assert listed == {
        "id": "harbour-2020", "title": "Harbour Master 2020", "default": True, "candidates": 2, "electors": 3,
        "rule": "consensus", "opened": None, "closed": None,
    }  # fmt: skip
    assert "harbour-2020 *" in tracker("contest", "list").stdout
    shown = json.loads(tracker("contest", "show", "--format", "json").stdout)
    assert [elector["id"] for elector in shown["electors"]] == ["north-quay", "south-quay", "east-quay"]
    text = tracker("contest", "show").stdout
    assert "Harbour Master 2020 (harbour-2020)" in text and "anna-berg" in text and "East Quay" in text
    rows = tracker("contest", "show", "--format", "csv").stdout.splitlines()
    assert len(rows) == 4 and rows[1].startswith("north-quay,North Quay,person,")


@pytest.mark.usefixtures("configured")
def test_an_unknown_contest_is_refused_with_what_there_is(tracker: Tracker) -> None:
    result = tracker("contest", "show", "--contest", "elsewhere")
    assert result.returncode == Exit.USAGE
    assert "no contest 'elsewhere'; did you mean harbour-2020?" in result.stderr


def test_contest_check_names_every_fault_with_key_and_line(configured: Path, tracker: Tracker) -> None:
    good = configured / "config" / "contests" / "harbour-2020.toml"
    bad = configured / "bad.toml"
    bad.write_text(
        good.read_text("utf-8").replace("consensus", "concensus").replace("title", "titel"), "utf-8"
    )
    result = tracker("contest", "check", good, bad)
    assert result.returncode == Exit.CONFIG
    lines = result.stdout.splitlines()
    assert f"{good}: 2 candidates, 3 electors, 0 speakers" in lines
    assert any(line.startswith(f"{bad}:2: titel") and "title" in line for line in lines)
    assert any(line.startswith(f"{bad}:") and "rule.kind" in line and "consensus" in line for line in lines)
    assert "1 of 2 refused" in result.stderr
    records = json.loads(tracker("contest", "check", bad, "--format", "json").stdout)
    assert {"file", "line", "key", "level", "problem"} == set(records[0])
    assert tracker("contest", "check", good).returncode == Exit.OK
    assert tracker("contest", "check", "nowhere.toml").returncode == Exit.CONFIG
    assert tracker("contest", "check").returncode == Exit.USAGE


def test_a_contest_is_imported_from_json_and_checks_clean(configured: Path, tracker: Tracker) -> None:
    def elector(key: str, name: str) -> dict[str, object]:
        names: dict[str, object] = {"official_alternatives": [], "native_names": [], "metonyms": []}
        demonyms: dict[str, list[str]] = {"adjective": [], "people": []}
        return {"id": key, "name": name, "demonyms": demonyms, "capital": "", "speakers": [], **names}

    stored = {
        "id": "lake-2021",
        "title": "Lake Warden",
        "post": "Warden",
        "body": {"id": "lake", "name": "Lake Board"},
        "decision_rule": {"type": "consensus"},
        "window": {"opened": "2021-01-01"},
        "candidates": [{"id": "cleo-dale", "name": "Cleo Dale", "aliases": [], "status": "official"}],
        "electors": [elector("hu", "Hungary"), elector("pl", "Poland")],
    }
    (configured / "lake.json").write_text(json.dumps(stored), "utf-8")
    printed = tracker("contest", "import", "lake.json")
    assert printed.returncode == Exit.OK and 'id = "lake-2021"' in printed.stdout
    written = tracker("contest", "import", "lake.json", "-o", "config/contests/lake.toml")
    assert written.returncode == Exit.OK
    assert tracker("contest", "check", "config/contests/lake.toml").returncode == Exit.OK
    assert len(json.loads(tracker("contest", "list", "--format", "json").stdout)) == 2
    again = tracker("contest", "import", "lake.json", "-o", "config/contests/lake.toml")
    assert again.returncode == Exit.INPUT and "--force" in again.stderr
    for text, problem in (
        ("{", "lake.json:1: not JSON"),
        ("[]", "expected an object"),
        ('{"id": "x"}', "missing"),
    ):
        (configured / "lake.json").write_text(text, "utf-8")
        refused = tracker("contest", "import", "lake.json")
        assert refused.returncode in (Exit.INPUT, Exit.CONFIG) and problem in refused.stderr


def test_a_new_contest_begins_from_a_template_that_checks_clean(configured: Path, tracker: Tracker) -> None:
    assert tracker("contest", "init", "lake-2021", "-o", "lake.toml").returncode == Exit.OK
    assert 'id = "lake-2021"' in (configured / "lake.toml").read_text("utf-8")
    assert tracker("contest", "check", "lake.toml").returncode == Exit.OK
    assert tracker("contest", "init", "Lake 2021").returncode != Exit.OK
