"""`tracker ballot` and `tracker candidacy`: entered by a person, whole or not at all, and listed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.cli.exits import Exit
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]
SIGNED = ("--by", "A. Clerk", "--why", "the minutes")


@pytest.mark.usefixtures("race")
def test_a_round_is_opened_voted_in_counted_and_told(tracker: Tracker) -> None:
    for words in (
        ("open", "1", "--date", "2020-02-01"),
        ("vote", "North Quay", "for", "--candidate", "Berg", "--round", "1", "--date", "2020-02-02"),
        ("vote", "east-quay", "abstain", "--round", "1", "--date", "2020-02-02"),
        ("count", "anna-berg", "--round", "1", "--for", "2", "--abstain", "1", "--date", "2020-02-02"),
    ):
        result = tracker("ballot", *words, *SIGNED)
        assert result.returncode == 0, result.stderr
    assert tracker("ballot").stdout.splitlines() == [
        "Round 1, 2020-02-01, the minutes",
        "  Anna Berg: not chosen",
        "    for (1): North Quay",
        "    abstain (1): East Quay",
        "    told by A. Clerk, official: 2 for, 1 abstain",
    ]
    (held,) = json.loads(tracker("ballot", "list", "--format", "json").stdout)
    assert held["candidates"][0]["named"]["for"] == ["north-quay"]
    status = json.loads(tracker("status", "--format", "json").stdout)
    north = status["electors"][0]["standings"][0]
    assert (north["stance"], north["certainty"], north["since"]) == (
        "supports", "recorded", "2020-01-11T12:00:00Z",
    )  # fmt: skip
    assert tracker("verify").returncode == 0
    told = [line.split() for line in tracker("log", "--since", "2020-02-01").stdout.splitlines()[1:]]
    assert [words[2:7] for words in told] == [
        ["round", "round", "1", "the", "minutes"],
        ["vote", "north-quay", "anna-berg", "round", "1:"],
        ["vote", "east-quay", "round", "1:", "abstain"],
        ["ballot", "anna-berg", "round", "1:", "2"],
    ]


def test_a_vote_that_cannot_be_is_refused_and_nothing_is_written(tracker: Tracker, race: Path) -> None:
    vote = (
        "ballot",
        "vote",
        "north-quay",
        "for",
        "--candidate",
        "anna-berg",
        "--date",
        "2020-02-02",
        *SIGNED,
    )
    result = tracker(*vote, "--round", "1")
    assert result.returncode == Exit.INPUT
    assert "round 1 was not opened; `tracker ballot open 1` first" in result.stderr
    result = tracker("ballot", "open", "1", "--date", "2999-01-01", *SIGNED)
    assert result.returncode == Exit.INPUT and "in the future" in result.stderr
    result = tracker("ballot", "open", "1", "--date", "soon", *SIGNED)
    assert result.returncode == Exit.USAGE and "not a date or time: 'soon'" in result.stderr
    with open_store(race, read_only=True) as store:
        assert store.log.head().seq == 4


@pytest.mark.usefixtures("race")
def test_a_candidacy_is_nominated_and_the_nomination_taken_back(tracker: Tracker) -> None:
    for step, date in (("nominated", "2020-01-20"), ("rescinded", "~2020-01-25")):
        result = tracker(
            "candidacy", "record", "boris-cole", step, "--nominator", "South Quay", "--date", date, *SIGNED
        )
        assert result.returncode == 0, result.stderr
    lines = tracker("candidacy", "--as-of", "2020-01-21").stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["Anna", "Berg", "declared"],
        ["Boris", "Cole", "declared", "2020-01-20", "south-quay"],
    ]
    boris = json.loads(tracker("candidacy", "--format", "json").stdout)[1]
    assert (boris["status"], boris["nominators"], boris["rescinded"]) == ("declared", [], ["south-quay"])
    event = json.loads(tracker("log", "--format", "ndjson").stdout.splitlines()[-1])
    assert (event["kind"], event["precision"]) == ("candidacy_reported", "approximate")


@pytest.mark.usefixtures("race")
def test_nobody_else_withdraws_for_a_candidate(tracker: Tracker) -> None:
    result = tracker(
        "candidacy", "record", "boris-cole", "withdrawn", "--nominator", "south-quay", "--date", "2020-01-20",
        *SIGNED,
    )  # fmt: skip
    assert result.returncode == Exit.INPUT
    assert "nobody but the candidate has withdrawn" in result.stderr


@pytest.mark.usefixtures("race")
def test_a_month_is_enough_of_a_date_and_stands_at_its_first_moment(tracker: Tracker) -> None:
    words = ("record", "east-quay", "anna-berg", "supports", "--date", "2020-02", *SIGNED, "--format", "json")
    event = json.loads(tracker(*words).stdout)
    assert (event["precision"], event["occurred_at"]) == ("month", "2020-02-01T00:00:00.000000Z")
