"""`export`: rows to stdout, or a file that is whole or not there."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.cli.exits import Exit

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    ("what", "rows"),
    [("events", 4), ("standings", 6), ("matrix", 3), ("turns", 3), ("endorsements", 2), ("cameo", 3),
     ("codebook", 5)],
)  # fmt: skip
def test_each_kind_is_rows_in_csv_and_the_same_in_json(
    race: Path, tracker: Tracker, what: str, rows: int
) -> None:
    found = list(csv.DictReader(io.StringIO(tracker("export", what).stdout)))
    assert len(found) == rows
    records = json.loads(tracker("export", what, "--format", "json").stdout)
    lines = tracker("export", what, "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == records
    assert [list(record) for record in records] == [list(row) for row in found]


def test_an_earlier_day_can_be_asked_for(race: Path, tracker: Tracker) -> None:
    result = tracker("export", "matrix", "--as-of", "2020-01-15")
    assert [row["anna-berg"] for row in csv.DictReader(io.StringIO(result.stdout))] == [
        "supports", "opposes", "unknown"
    ]  # fmt: skip


def test_cloud_events_are_a_line_each_and_nothing_but_json(race: Path, tracker: Tracker) -> None:
    lines = tracker("export", "cloudevents").stdout.splitlines()
    assert [json.loads(line)["specversion"] for line in lines] == ["1.0"] * 4
    assert tracker("export", "cloudevents", "--format", "csv").returncode == Exit.USAGE


def test_a_file_is_written_in_the_format_of_its_suffix(race: Path, tracker: Tracker) -> None:
    for name, read in (("t.json", json.loads), ("t.csv", str.splitlines), ("t.ndjson", str.splitlines)):
        result = tracker("export", "turns", "--output", name)
        assert (result.returncode, result.stdout) == (Exit.OK, "")
        assert f"{name}: 3 rows" in result.stderr
        assert len(read((race.parent / name).read_text("utf-8"))) in (3, 4)
    assert not list(race.parent.glob(".*.part"))


def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(race: Path, tracker: Tracker) -> None:
    (race.parent / "there.csv").mkdir()
    result = tracker("export", "turns", "--output", "nowhere/t.csv")
    assert result.returncode != 0 and "nowhere/t.csv" in result.stderr and "Traceback" not in result.stderr
    assert tracker("export", "turns", "--output", "there.csv").returncode == Exit.USAGE


def test_parquet_holds_the_same_rows(race: Path, tracker: Tracker) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert tracker("export", "standings", "--output", "t.parquet").returncode == Exit.OK
    table = parquet.read_table(race.parent / "t.parquet").to_pylist()
    assert table == json.loads(tracker("export", "standings", "--format", "json").stdout)
