"""`tracker path`: whose change would decide, for a reader and for a script."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.cli.exits import Exit

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]
MIDWAY = "2020-01-15"


@pytest.mark.usefixtures("race")
def test_the_path_of_each_candidate_that_runs(tracker: Tracker) -> None:
    result = tracker("path", "--as-of", MIDWAY)
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "Anna Berg: 1 of 3; missing: South Quay, East Quay",
        "    stopped by: South Quay",
        "    2 must change: South Quay, East Quay",
        "    can block alone: North Quay, South Quay, East Quay",
        "",
        "Boris Cole: 0 of 3; missing: North Quay, South Quay, East Quay",
        "    3 must change: North Quay, South Quay, East Quay",
        "    can block alone: North Quay, South Quay, East Quay",
    ]


@pytest.mark.usefixtures("race")
def test_the_path_in_json(tracker: Tracker) -> None:
    result = tracker("path", "--candidate", "anna-berg", "--as-of", MIDWAY, "--format", "json")
    found = json.loads(result.stdout)
    assert (found["contest"], found["rule"], found["known_at"]) == ("harbour-2020", "consensus", None)
    (anna,) = found["candidates"]
    assert (anna["candidate"], anna["outcome"], anna["missing"]) == (
        "anna-berg", "not", ["south-quay", "east-quay"],
    )  # fmt: skip
    assert anna["path"] == {
        "size": 2,
        "number": 1,
        "ways": [[{"number": 2, "of": ["south-quay", "east-quay"]}]],
        "sets": [["south-quay", "east-quay"]],
        "complete": True,
        "must": ["south-quay", "east-quay"],
        "can_block": ["north-quay", "south-quay", "east-quay"],
        "block_size": 1,
    }


@pytest.mark.usefixtures("race")
def test_a_candidate_nobody_knows_is_told_of(tracker: Tracker) -> None:
    result = tracker("path", "--candidate", "anna-bergg")
    assert result.returncode == Exit.USAGE
    assert "no candidate 'anna-bergg'; did you mean anna-berg?" in result.stderr


def test_whoever_is_only_named_for_it_is_told_in_one_line(tracker: Tracker, tmp_path: Path) -> None:
    (tmp_path / "item.txt").write_text("Spain supports Mark Rutte as next NATO secretary general\n", "utf-8")
    shipped = ("--contest", "nato-sg-2024")
    assert tracker(*shipped, "ingest", "item.txt", "--published", "2024-02-22").returncode == 0
    told = tracker(*shipped, "path", "--as-of", "2024-02-22").stdout.splitlines()
    assert told[0].startswith("Mark Rutte: 1 of 31; missing: ")
    assert [line for line in told if line and not line.startswith(" ")][1:] == [told[-1]]
    assert told[-1].startswith("Only named for it, and nobody is for them: ") and "Kaja Kallas" in told[-1]
