"""`backtest`: the shipped race comes out as expected, and what is off is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit

ROOT = Path(__file__).parent.parent.parent
SEEDS = ROOT / "seeds" / "nato-sg-2024"
Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def backtest(tracker: Tracker) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        shipped = ("--config", str(ROOT / "config"), "--contest", "nato-sg-2024")
        return tracker("backtest", str(folder), *shipped, *options)

    return run


def test_the_shipped_race_comes_out_as_expected(backtest: Tracker) -> None:
    result = backtest(SEEDS, "--format", "json", "--min-precision", "0.95", "--min-recall", "0.95")
    assert result.returncode == Exit.OK, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["items"] == 242 and found["expected"] == 57
    assert found["false_flips"] == [] and found["checkpoints"]["wrong"] == []
    assert found["recall"] >= 0.95 and found["precision"] >= 0.95


@pytest.fixture
def altered(tmp_path: Path) -> Path:
    """A month of the race, with one alert asked for that no item tells of, and one left out."""
    folder = tmp_path / "altered"
    (folder / "feeds").mkdir(parents=True)
    for path in (SEEDS / "feeds").glob("*2023-11*"):
        shutil.copy(path, folder / "feeds")
    alert = {"at": "2023-11-29T12:00:00Z", "elector": "is", "candidate": "mark-rutte", "to": "opposes"}
    expected = {"contest": "nato-sg-2024", "alerts": [alert]}
    (folder / "expected.json").write_text(json.dumps(expected), "utf-8")
    return folder


def test_what_is_missed_and_what_is_too_much_is_told(backtest: Tracker, altered: Path) -> None:
    result = backtest(altered, "--min-recall", "0.5")
    assert result.returncode == Exit.NO and "recall 0.000 is below" in result.stderr
    assert "missed: 2023-11-29 is toward mark-rutte: opposes" in result.stdout
    rows = backtest(altered, "--format", "ndjson").stdout.splitlines()
    outcomes = [json.loads(row)["outcome"] for row in rows]
    assert outcomes == ["missed", "extra"]


def test_a_timeline_of_facts_is_an_expectation_too(backtest: Tracker, altered: Path) -> None:
    (altered / "expected.json").unlink()
    fact = {"date": "2023-11-30", "elector": "nl", "candidate": "mark-rutte", "stance": "supports"}
    facts = [
        {**fact, "sets_state": True},
        {**fact, "elector": "dk", "date": "2023-12", "date_precision": "month", "sets_state": True},
        {**fact, "elector": "hu", "sets_state": False},
    ]
    (altered / "timeline.json").write_text(json.dumps(facts), "utf-8")
    result = backtest(altered, "--format", "json")
    assert json.loads(result.stdout)["expected"] == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no JSON"),
        ("3", "neither an object with alerts nor a list of facts"),
        ('{"alerts": [{}]}', "alerts[0].elector: missing, or no text"),
        ('{"alerts": [{"at": "soon", "elector": "nl", "candidate": "x", "to": "supports"}]}',
         "alerts[0].at: not a date or time: 'soon'"),
        ('{"alerts": [{"at": "2023-11-29", "elector": "nl", "candidate": "x", "to": "loves"}]}',
         "'loves' is no stance (known: unknown, supports"),
    ],
)  # fmt: skip
def test_an_expectation_that_cannot_be_read_is_named_with_its_place(
    backtest: Tracker, altered: Path, content: str, told: str
) -> None:
    (altered / "expected.json").write_text(content, "utf-8")
    result = backtest(altered)
    assert result.returncode == Exit.INPUT and told in result.stderr


def test_a_folder_with_nothing_to_measure_against_is_named(backtest: Tracker, tmp_path: Path) -> None:
    result = backtest(tmp_path)
    assert (
        result.returncode == Exit.INPUT and "holds neither expected.json nor timeline.json" in result.stderr
    )
