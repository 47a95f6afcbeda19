"""`status`, `holdouts`, `why`, `diff`, `counts`: what scripts rely on, and what a reader sees."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.claims import Evidence
from tracker.cli.exits import Exit
from tracker.events import Source, SupportCounted
from tracker.items import OutletClass
from tracker.stances import Certainty, ElectorId, Precision, Stance
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]
MIDWAY = "2020-01-15"


def answer(tracker: Tracker, *arguments: str) -> Any:
    result = tracker(*arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.usefixtures("race")
def test_status_in_json_keeps_its_contract(race: Path, tracker_process: Tracker) -> None:
    found = answer(tracker_process, "status", "--as-of", MIDWAY)
    assert set(found) == {
        "contest", "as_of", "known_at", "leader", "candidates", "rule", "electors", "log", "decided",
        "proposed",
    }  # fmt: skip
    assert found["contest"] == "harbour-2020"
    assert found["as_of"].startswith("2020-01-15T23:59:59") and found["as_of"].endswith("Z")
    assert found["known_at"] is None
    assert found["leader"] == "anna-berg"
    assert found["candidates"] == [
        {"id": "anna-berg", "name": "Anna Berg", "status": "declared"},
        {"id": "boris-cole", "name": "Boris Cole", "status": "declared"},
    ]
    rule = found["rule"]
    assert rule["met"] is False and rule["needed"] == 3 and rule["have"] == 1
    assert rule["missing"] == ["south-quay", "east-quay"]
    assert [row["id"] for row in found["electors"]] == ["north-quay", "south-quay", "east-quay"]
    north = found["electors"][0]
    assert north["name"] == "North Quay" and north["member"] is True
    assert [standing["candidate"] for standing in north["standings"]] == ["anna-berg", "boris-cole"]
    assert north["standings"][0] == {
        "candidate": "anna-berg", "stance": "supports", "certainty": "official",
        "since": "2020-01-11T12:00:00Z", "disputed": False, "reports": 1, "origins": 1,
    }  # fmt: skip
    assert north["standings"][1] == {
        "candidate": "boris-cole", "stance": "unknown", "certainty": None, "since": None, "disputed": False,
        "reports": 0, "origins": 0,
    }  # fmt: skip
    with open_store(race, read_only=True) as store:
        head = store.log.head()
    assert found["log"] == {"seq": head.seq, "head": head.hash.hex()}


@pytest.mark.usefixtures("race")
def test_as_of_asks_what_was_true_and_known_at_what_was_known(tracker: Tracker) -> None:
    late = answer(tracker, "status", "--as-of", "2020-01-31")
    assert late["rule"]["have"] == 2
    known = answer(tracker, "status", "--as-of", "2020-01-31", "--known-at", MIDWAY)
    assert known["rule"]["have"] == 1
    assert known["known_at"].startswith("2020-01-15T23:59:59")
    assert known["log"]["seq"] == 3 and known["log"]["head"] != late["log"]["head"]


@pytest.mark.usefixtures("race")
def test_status_for_a_reader_begins_with_the_answer(tracker: Tracker) -> None:
    lines = tracker("status", "--as-of", MIDWAY).stdout.splitlines()
    assert lines[0] == "Anna Berg: 1 of 3; missing: South Quay, East Quay; as of 2020-01-15 23:59 UTC"
    assert [line.split("  ")[0] for line in lines[2:]] == ["ELECTOR", "South Quay", "East Quay", "North Quay"]
    assert "✕ opposes" in lines[3] and "· unknown" in lines[4] and "● supports" in lines[5]


@pytest.mark.usefixtures("race")
def test_status_as_records_has_a_line_for_each_standing(tracker: Tracker) -> None:
    lines = [json.loads(line) for line in tracker("status", "--format", "ndjson").stdout.splitlines()]
    assert [(line["elector"], line["stance"]) for line in lines if line["candidate"] == "anna-berg"] == [
        ("north-quay", "supports"),
        ("south-quay", "supports"),
        ("east-quay", "unknown"),
    ]
    assert len(lines) == 6
    rows = list(csv.DictReader(io.StringIO(tracker("status", "--format", "csv").stdout)))
    assert len(rows) == 6 and rows[0]["elector"] == "north-quay" and rows[0]["candidate"] == "anna-berg"
    assert rows[0]["disputed"] == "false" and rows[0]["member"] == "true"


@pytest.mark.usefixtures("configured")
def test_status_of_a_contest_nobody_spoke_in_shows_everybody_as_unknown(
    tracker: Tracker, configured: Path
) -> None:
    with open_store(configured / "tracker.db"):
        pass
    found = answer(tracker, "status")
    assert found["leader"] is None
    assert found["rule"] == {
        "met": False, "outcome": "not", "needed": None, "have": 0, "missing": [], "blocking": [],
        "toward": [], "passed": 0, "parts": [],
    }  # fmt: skip
    stances = [standing["stance"] for row in found["electors"] for standing in row["standings"]]
    assert stances == ["unknown"] * 6
    assert found["log"]["seq"] == 0
    text = tracker("status").stdout
    assert text.startswith("No leader in harbour-2020: nobody has a supporter yet; as of ")
    assert text.count("· unknown") == 6


@pytest.mark.usefixtures("race")
def test_holdouts_in_json_keep_their_contract(tracker: Tracker) -> None:
    found = answer(tracker, "holdouts", "--as-of", MIDWAY)
    assert [set(row) for row in found] == [{"elector", "stance", "since", "certainty", "last_report"}] * 2
    south, east = found
    assert south["elector"] == "south-quay" and south["stance"] == "opposes"
    assert south["since"] == "2020-01-12T12:00:00Z" and south["certainty"] == "official"
    assert south["last_report"]["evidence"] == "south-quay opposes anna-berg"
    assert east == {
        "elector": "east-quay", "stance": "unknown", "since": None, "certainty": None, "last_report": None,
    }  # fmt: skip
    assert answer(tracker, "holdouts", "--as-of", MIDWAY, "--candidate", "anna-berg") == found
    assert len(answer(tracker, "holdouts", "--candidate", "Boris Cole")) == 3


@pytest.mark.usefixtures("race")
def test_holdouts_with_exit_code_tells_whether_any_remain(race: Path, tracker: Tracker, harbour: Any) -> None:
    assert tracker("holdouts").returncode == Exit.OK
    assert tracker("holdouts", "--exit-code").returncode == Exit.NO
    with open_store(race) as store:
        store.log.append([harbour.reported("east-quay", Stance.SUPPORTS, day=30)], harbour.start)
    result = tracker("holdouts", "--exit-code")
    assert result.returncode == Exit.OK
    assert result.stdout.startswith("Anna Berg lacks nobody of 3")
    assert answer(tracker, "holdouts") == []


@pytest.mark.usefixtures("race")
def test_holdouts_without_a_leader_asks_whom(race: Path, tracker: Tracker, harbour: Any) -> None:
    with open_store(race) as store:
        boris = harbour.reported("east-quay", Stance.SUPPORTS, day=3, candidate=harbour.boris)
        store.log.append([boris], harbour.start)
    result = tracker("holdouts", "--as-of", MIDWAY)
    assert result.returncode == Exit.USAGE
    assert "nobody leads" in result.stderr and "--candidate: anna-berg, boris-cole" in result.stderr
    tied = tracker("status", "--as-of", MIDWAY).stdout.splitlines()[0]
    assert tied.startswith("No leader in harbour-2020: Anna Berg 1, Boris Cole 1 of 3;")


@pytest.mark.usefixtures("race")
def test_why_shows_the_sentence_the_rule_and_the_source(tracker: Tracker) -> None:
    text = tracker("why", "south quay", "--as-of", "2020-02-01").stdout
    assert text.startswith("South Quay toward Anna Berg, as of 2020-02-01 23:59 UTC\n● supports, official,")
    for part in (
        "“south-quay supports anna-berg.”", "said by: the spokesman", "rule: by-hand", "source: The Buoy",
        "https://buoy.example/south-quay/20", "2020-01-12  ✕ opposes, official  [",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.usefixtures("race")
def test_why_is_a_tree_of_what_carries_what_lost_and_what_people_said_of_it(tracker: Tracker) -> None:
    first = answer(tracker, "why", "south-quay")["reports"][0]["id"]
    confirmed = tracker("confirm", first, "--by", "A. Clerk", "--why", "heard it")
    assert confirmed.returncode == 0, confirmed.stderr
    lines = tracker("why", "south-quay", "--as-of", "2020-02-01").stdout.splitlines()
    assert lines[2:5] == [
        "├─ carried by",
        "│  └─ 2020-01-30  ● supports, official  [the elector's own word]",
        "│       “south-quay supports anna-berg.”",
    ]
    at = lines.index("└─ spoke for what held before")
    assert (
        lines[at + 1] == "   └─ 2020-01-12  ✕ opposes, official  [the elector's own word; until 2020-01-30]"
    )
    assert lines[-3].strip() == "│ https://buoy.example/south-quay/2"
    assert lines[-2].strip() == f"│ report {first}, known 2020-01-12 12:00 UTC"
    assert lines[-1].startswith("      └─ confirmed by A. Clerk on 20") and lines[-1].endswith(": heard it")


@pytest.mark.usefixtures("race")
def test_why_tells_origins_the_ladder_and_when_each_was_known(tracker: Tracker) -> None:
    words = ("east-quay", "anna-berg", "supports", "--by", "A. Clerk", "--why", "heard")
    for date, certainty, outlet in (
        ("2020-02-03", "anonymous", "Tide"), ("2020-02-05", "reported", "Tide"),
        ("2020-02-09", "official", "Buoy"),
    ):  # fmt: skip
        tracker("record", *words, "--date", date, "--certainty", certainty, "--outlet", outlet)
    found = answer(tracker, "why", "east-quay")
    assert [report["origin"] for report in found["reports"]] == [1, 1, 2]
    assert [(rung["certainty"], rung["reached"][:10]) for rung in found["ladder"]] == [
        ("reported", "2020-02-05"), ("official", "2020-02-09"),
    ]  # fmt: skip
    assert found["ladder"][1]["report"] == found["carried_by"]
    assert all(report["known_at"] for report in found["reports"])
    assert found["blocs"] == {"stance": "unknown", "spoke": [], "divided": False} and found["counted"] is None
    assert "certainty: reported 2020-02-05 → official 2020-02-09" in tracker("why", "east-quay").stdout


@pytest.mark.usefixtures("race")
def test_why_in_json_names_the_report_that_carries_the_standing(tracker: Tracker) -> None:
    found = answer(tracker, "why", "south-quay")
    assert found["elector"] == "south-quay" and found["candidate"] == "anna-berg"
    assert found["standing"]["stance"] == "supports"
    assert [report["outcome"] for report in found["reports"]] == ["superseded", "carries"]
    assert found["carried_by"] == found["reports"][1]["id"]
    for report in found["reports"]:
        assert {"id", "at", "stance", "certainty", "speaker", "evidence", "sentence", "rule", "url"} <= set(
            report
        )


@pytest.mark.usefixtures("race")
def test_an_unknown_elector_is_refused_with_the_near_ones(tracker: Tracker) -> None:
    result = tracker("why", "noth-quay")
    assert result.returncode == Exit.USAGE
    assert "no elector 'noth-quay'" in result.stderr and "did you mean north-quay" in result.stderr
    assert result.stdout == ""


@pytest.mark.usefixtures("race")
def test_diff_lists_what_changed_between_two_dates(tracker: Tracker) -> None:
    found = answer(tracker, "diff", "--from", MIDWAY, "--to", "2020-01-31")
    (change,) = found
    assert change["elector"] == "south-quay" and change["candidate"] == "anna-berg"
    assert change["from"]["stance"] == "opposes" and change["to"]["stance"] == "supports"
    text = tracker("diff", "--from", MIDWAY, "--to", "2020-01-31").stdout
    assert "South Quay  Anna Berg  ✕ opposes  ● supports" in text
    assert answer(tracker, "diff", "--from", "2020-01-12", "--to", MIDWAY) == []
    assert tracker("diff", "--from", MIDWAY, "--to", "2020-01-01").returncode == Exit.USAGE


@pytest.mark.usefixtures("race")
def test_counts_list_numbers_told_without_names(race: Path, tracker: Tracker, harbour: Any) -> None:
    words = "about 2 of 3"
    count = SupportCounted(
        contest=harbour.contest_id, candidate=harbour.anna, low=2, high=2, of=3, approximate=True, beside=(),
        holdouts=(ElectorId("east-quay"),), certainty=Certainty.ANONYMOUS, speaker="a diplomat",
        occurred_at=harbour.start, precision=Precision.INSTANT, item=None,
        source=Source(outlet="The Buoy", url="", title="", outlet_class=OutletClass.OUTLET, origins=("b",)),
        evidence=Evidence(field="body", start=0, end=12, text=words, sentence=words), rule="r", producer="t",
    )  # fmt: skip
    assert tracker("counts").stdout == "No number was told.\n"
    with open_store(race) as store:
        store.log.append([count], harbour.start)
    (found,) = answer(tracker, "counts")
    assert (found["low"], found["high"], found["of"], found["approximate"]) == (2, 2, 3, True)
    assert found["holdouts"] == ["east-quay"] and found["url"] is None and found["named"] == 0
    assert "about 2 of 3" in tracker("counts").stdout
    assert answer(tracker, "counts", "--as-of", "2020-01-01") == []
    assert answer(tracker, "counts", "--candidate", "boris-cole") == []
