"""`reextract`: what a newer reader, or a revised roster, makes of the items kept; who says when to run it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit
from tracker.configuration.contest_text import write
from tracker.contests import Speaker
from tracker.stances import ElectorId
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]
WORDS = "South Quay supports Anna Berg for Harbour Master. Ola Keel opposes Anna Berg for Harbour Master."


@pytest.fixture
def kept(configured: Path, tracker: Tracker, harbour: Any) -> Path:
    """One item was taken in; since then Ola Keel is known to speak for the East Quay."""
    (configured / "item.txt").write_text(f"News of the harbour\n{WORDS}\n", "utf-8")
    assert tracker("ingest", "item.txt", "--published", "2020-02-01").returncode == Exit.OK
    speaker = Speaker(elector=ElectorId("east-quay"), name="Ola Keel")
    revised = replace(harbour.contest, speakers=(speaker,))
    (configured / "config" / "contests" / "harbour-2020.toml").write_text(write(revised), "utf-8")
    return configured / "tracker.db"


def head(path: Path) -> object:
    with open_store(path, read_only=True) as store:
        return store.log.head()


def test_a_dry_run_shows_claims_standings_and_alerts_in_tables_and_writes_nothing(
    kept: Path, tracker: Tracker
) -> None:
    before = head(kept)
    result = tracker("reextract", "--dry-run")
    assert result.returncode == Exit.OK
    lines = result.stdout.splitlines()
    assert lines[0] == (
        "harbour-2020: 1 item read again (1 by an older reader or roster); the roster would be declared "
        "anew; 1 item would say something else: 1 standing and 1 alert."
    )
    assert [line for line in lines if line.endswith(":")] == ["Claims:", "Standings:", "Alerts:"]
    claims = lines[lines.index("Claims:") + 1 : lines.index("Standings:") - 1]
    assert claims[0].split() == ["DATE", "WHO", "TOWARD", "WAS", "READ", "IS", "READ", "OUTLET", "WORDS"]
    (row,) = claims[1:]
    assert row.index("✕ opposes") == claims[0].index("IS READ") and "east-quay" in row
    assert "Nothing was written" in result.stderr
    assert head(kept) == before


def test_what_the_dry_run_told_is_what_is_done(kept: Path, tracker: Tracker) -> None:
    told = json.loads(tracker("reextract", "--dry-run", "--format", "json").stdout)
    done = json.loads(tracker("reextract", "--format", "json").stdout)
    assert (told["dry_run"], done["dry_run"]) == (True, False)
    (dry,), (wet,) = told["contests"], done["contests"]
    assert dry["items"] == wet["items"] == {"read": 1, "older": 1, "failed": 0, "changed": 0}
    assert dry["reports"] == wet["reports"] and dry["roster_revised"] is wet["roster_revised"] is True
    (report,) = wet["reports"]
    assert (report["change"], report["kind"], report["elector"], report["candidate"], report["stance"]) == (
        "added", "stance", "east-quay", "anna-berg", "opposes",
    )  # fmt: skip
    (standing,) = wet["standings"]
    assert (standing["from"]["stance"], standing["to"]["stance"]) == ("unknown", "opposes")
    assert [(a["elector"], a["to"], a["state"]) for a in wet["alerts"]] == [("east-quay", "opposes", "quiet")]
    last = json.loads(tracker("log", "--format", "ndjson").stdout.splitlines()[-1])
    assert (last["id"], last["producer"]) == (report["report"], wet["extractor"])
    again = tracker("reextract")
    assert again.stdout == "harbour-2020: 0 items read again; no report changes.\n"


def test_csv_and_ndjson_have_a_line_a_report(kept: Path, tracker: Tracker) -> None:
    (line,) = tracker("reextract", "--dry-run", "--format", "ndjson").stdout.splitlines()
    record = json.loads(line)
    titles, row = tracker("reextract", "--dry-run", "--format", "csv").stdout.splitlines()
    assert titles.split(",") == list(record)
    assert row.startswith(f"harbour-2020,added,stance,{record['report']},{record['item']},")


def test_status_says_when_reading_again_is_worthwhile(kept: Path, tracker: Tracker) -> None:
    told = tracker("status").stderr
    assert "1 item was read by an older reader or with an older roster" in told
    assert "tracker reextract --dry-run" in told
    assert tracker("status", "--format", "json").stderr == ""
    assert "1 item read by an older reader or with an older roster" in tracker("doctor").stdout
    tracker("reextract")
    assert "reextract" not in tracker("status").stderr + tracker("doctor").stdout


def test_an_unknown_contest_and_a_missing_database_are_said(configured: Path, tracker: Tracker) -> None:
    assert tracker("reextract", "--contest", "harbor-2020", "--db", "x.db").returncode == Exit.USAGE
    result = tracker("reextract", "--dry-run")
    assert result.returncode == Exit.STORE and "does not exist" in result.stderr
    assert not (configured / "tracker.db").exists()
