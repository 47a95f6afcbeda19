"""`ingest` and `extract`: items in, claims out; what cannot be taken is named and the rest is taken."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]

BACKED = "North Quay supports Anna Berg as Harbour Master, its chair said."
FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Buoy</title><link>https://buoy.example/</link>
<item><title>Race for harbour master</title><description>{backed}</description>
<link>https://buoy.example/1</link><guid>b-1</guid><pubDate>Sat, 11 Jan 2020 12:00:00 GMT</pubDate></item>
<item><title>South Quay opposes Anna Berg</title><link>https://buoy.example/2</link><guid>b-2</guid>
<pubDate>Sun, 12 Jan 2020 12:00:00 GMT</pubDate></item>
<item><title>East Quay supports Anna Berg, its chair said</title></item>
</channel></rss>"""

pytestmark = pytest.mark.usefixtures("configured")


def record(**fields: Any) -> str:
    return json.dumps({"id": "i-1", "title": "Race for harbour master", "body": BACKED, **fields}) + "\n"


def events(tracker: Tracker) -> list[dict[str, Any]]:
    return [json.loads(line) for line in tracker("log", "--format", "ndjson").stdout.splitlines()]


def test_extract_prints_a_line_an_item_in_the_scorers_form(
    configured: Path, tracker_process: Tracker
) -> None:
    lines = record() + record(id="i-2", body="The harbour was calm.") + record(id=None, title=BACKED, body="")
    (configured / "items.jsonl").write_text(lines, "utf-8")
    result = tracker_process("extract", "--contest", "harbour-2020", "--items", "items.jsonl")
    assert result.returncode == 0 and result.stderr == ""
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [set(line) for line in found] == [{"id", "claims", "counts", "candidacies"}] * 3
    assert [line["id"] for line in found[:2]] == ["i-1", "i-2"] and len(found[2]["id"]) == 24
    (claim,) = found[0]["claims"]
    assert {
        "elector", "candidate", "stance", "certainty", "time", "speaker", "evidence", "rule",
    } <= set(claim)  # fmt: skip
    assert claim["elector"] == "north-quay" and claim["candidate"] == "anna-berg"
    assert claim["stance"] == "supports" and claim["certainty"] == "official" and claim["time"] == "now"
    assert claim["evidence"] in BACKED and BACKED[claim["start"] : claim["end"]] == claim["evidence"]
    assert found[1]["claims"] == []
    assert not (configured / "tracker.db").exists()


def test_extract_reads_stdin_a_text_and_a_contest_file(configured: Path, tracker_process: Tracker) -> None:
    asked = ("extract", "--contest", "config/contests/harbour-2020.toml")
    piped = tracker_process(*asked, "--items", "-", input=record())
    given = tracker_process(
        *asked, "--text", f"Race for harbour master\n{BACKED}", "--published", "2020-01-11"
    )
    claims = [json.loads(result.stdout)["claims"] for result in (piped, given)]
    assert claims[0] == claims[1] and len(claims[0]) == 1
    assert configured.joinpath("config").is_dir()


def test_extract_explains_and_tabulates_when_asked(tracker: Tracker) -> None:
    explained = json.loads(tracker("extract", "--text", BACKED, "--explain").stdout)
    assert {"guesses", "rejected", "extractor", "lang", "sentences"} <= set(explained)
    table = tracker("extract", "--text", BACKED, "--format", "table").stdout
    assert "north-quay" in table and "● supports" in table
    assert tracker("extract", "--text", BACKED, "--format", "csv").stdout.count("\n") == 2


def test_extract_names_a_line_that_is_no_item_and_reads_the_others(
    configured: Path, tracker: Tracker
) -> None:
    lines = record() + "{not json\n" + '{"id": "empty"}\n' + '{"title": 3.5}\n' + record(id="i-5")
    (configured / "items.jsonl").write_text(lines, "utf-8")
    result = tracker("extract", "--items", "items.jsonl")
    assert result.returncode == Exit.INPUT
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["i-1", "i-5"]
    for number, problem in ((2, "not JSON"), (3, "no title, summary or body"), (4, "title: not a text")):
        assert f"items.jsonl:{number}: {problem}" in result.stderr


def test_extract_wants_one_source_of_text_that_is_there(tracker: Tracker) -> None:
    assert tracker("extract").returncode == Exit.USAGE
    assert tracker("extract", "--items", "-", "--text", "x").returncode == Exit.USAGE
    result = tracker("extract", "--items", "nowhere.jsonl")
    assert result.returncode == Exit.INPUT and "nowhere.jsonl: cannot be read" in result.stderr


def test_ingest_takes_a_feed_file_once_and_lists_the_changes(configured: Path, tracker: Tracker) -> None:
    (configured / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    first = tracker("ingest", "feed.xml", "--format", "json")
    assert first.returncode == 0, first.stderr
    found = json.loads(first.stdout)
    assert (found["total"], found["new"], found["same"], found["queued"]) == (3, 3, 0, 0)
    assert found["faults"] == []
    assert ("north-quay", "unknown", "supports") in [
        (change["elector"], change["from"], change["to"]) for change in found["changes"]
    ]
    assert {change["state"] for change in found["changes"]} == {"quiet"}
    assert "3 items: 3 new" in first.stderr and "recorded, not to be sent" in first.stderr
    logged = events(tracker)
    again = json.loads(tracker("ingest", "feed.xml", "--format", "json").stdout)
    assert (again["new"], again["same"], again["events"], again["changes"]) == (0, 3, 0, [])
    assert events(tracker) == logged
    assert tracker("verify").returncode == 0


def test_an_item_without_date_or_guid_is_taken_at_the_time_it_came(
    configured: Path, tracker: Tracker
) -> None:
    (configured / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    assert tracker("ingest", "feed.xml").returncode == 0
    (undated,) = [event for event in events(tracker) if event["elector"] == "east-quay"]
    assert undated["precision"] == "approximate"
    assert undated["occurred_at"] <= undated["recorded_at"]
    dated = [event for event in events(tracker) if event["elector"] == "north-quay"]
    assert dated[0]["occurred_at"].startswith("2020-01-11T12:00:00") and dated[0]["precision"] == "instant"


def test_a_replay_lets_the_clock_follow_the_items(configured: Path, tracker: Tracker) -> None:
    folder = configured / "past"
    folder.mkdir()
    (folder / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    (folder / "notes.md").write_text("Not a feed.", "utf-8")
    result = tracker("ingest", "--replay", "past")
    assert result.returncode == 0, result.stderr
    assert "note: past/notes.md: passed over" in result.stderr
    assert {event["recorded_at"][:10] for event in events(tracker)} == {"2020-01-11", "2020-01-12"}
    again = tracker("ingest", "--replay", "past")
    assert again.returncode == 0 and "0 events added" in again.stderr
    (folder / "more.txt").write_text(BACKED, "utf-8")
    refused = tracker("ingest", "--replay", "past", "--published", "2020-02-01")
    assert refused.returncode == Exit.INPUT and "--replay" in refused.stderr and "--db" in refused.stderr


def test_a_plain_text_needs_its_date(configured: Path, tracker: Tracker) -> None:
    (configured / "article.txt").write_text(f"Race for harbour master\n\n{BACKED}\n", "utf-8")
    refused = tracker("ingest", "article.txt")
    assert refused.returncode == Exit.INPUT and "--published" in refused.stderr
    assert not (configured / "tracker.db").exists()
    taken = tracker("ingest", "article.txt", "--published", "2020-01-11", "--source", "The Buoy")
    assert taken.returncode == 0
    (event,) = [event for event in events(tracker) if event["kind"] == "stance_reported"]
    assert event["data"]["source"]["outlet"] == "The Buoy"
    assert event["occurred_at"].startswith("2020-01-11T00:00:00")


def test_a_page_in_place_of_a_feed_is_named_and_the_rest_is_taken(configured: Path, tracker: Tracker) -> None:
    (configured / "page.xml").write_text(
        '<!DOCTYPE html><html><head><title>The Buoy</title><link rel="alternate" '
        'type="application/rss+xml" href="https://buoy.example/rss"></head><body>Hi</body></html>', "utf-8",
    )  # fmt: skip
    (configured / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    result = tracker("ingest", "page.xml", "feed.xml")
    assert result.returncode == Exit.INPUT
    assert "page.xml" in result.stderr and "an HTML page" in result.stderr
    assert "https://buoy.example/rss" in result.stderr and "Traceback" not in result.stderr
    assert "3 items: 3 new" in result.stderr


def test_a_path_that_is_not_there_is_refused_before_anything_is_taken(
    configured: Path, tracker: Tracker
) -> None:
    (configured / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    result = tracker("ingest", "feed.xml", "nowhere.xml")
    assert result.returncode == Exit.INPUT and "nowhere.xml: no such file or folder" in result.stderr
    assert not (configured / "tracker.db").exists()


def test_alerts_of_a_backfill_are_sent_only_when_asked(configured: Path, tracker: Tracker) -> None:
    settings = configured / "config" / "tracker.toml"
    channel = '[[channels]]\nname = "desk"\nkind = "console"\n'
    settings.write_text(settings.read_text("utf-8") + channel, "utf-8")
    (configured / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    result = tracker("ingest", "--notify", "feed.xml")
    assert result.returncode == 0 and "to be sent" in result.stderr
    found = json.loads(tracker("alerts", "list", "--format", "json").stdout)
    assert {alert["state"] for alert in found} == {"queued"}
    assert tracker("ingest", "--notify", "--replay", "feed.xml").returncode == Exit.USAGE


def test_alerts_in_json_keep_their_contract_and_tell_their_way(configured: Path, tracker: Tracker) -> None:
    settings = configured / "config" / "tracker.toml"
    channel = '[[channels]]\nname = "desk"\nkind = "console"\n'
    settings.write_text(settings.read_text("utf-8") + channel, "utf-8")
    (configured / "feed.xml").write_text(FEED.format(backed=BACKED), "utf-8")
    tracker("ingest", "--notify", "feed.xml")
    found = json.loads(tracker("alerts", "list", "--elector", "north-quay", "--format", "json").stdout)
    (alert,) = found
    assert set(alert) == {
        "key", "at", "occurred_at", "contest", "elector", "candidate", "from", "to", "certainty", "evidence",
        "url", "state",
    }  # fmt: skip
    assert alert["contest"] == "harbour-2020" and alert["candidate"] == "anna-berg"
    assert (alert["from"], alert["to"], alert["state"]) == ("unknown", "supports", "queued")
    assert alert["occurred_at"] == "2020-01-11T12:00:00Z" and alert["url"] == "https://buoy.example/1"
    assert alert["certainty"] == "official" and "Anna Berg" in alert["evidence"]
    assert tracker("alerts", "log", alert["key"][:8]).stdout == "No try yet.\n"
    with open_store(configured / "tracker.db") as store:
        (delivery,) = store.outbox.deliveries(alert["key"])
        store.outbox.dead(alert["key"], delivery.channel, delivery.alert.at, "HTTP 410", status=410)
    assert (
        json.loads(tracker("alerts", "--state", "dead", "--format", "json").stdout)[0]["key"] == alert["key"]
    )
    (tried,) = json.loads(tracker("alerts", "log", alert["key"], "--format", "json").stdout)
    assert (tried["channel"], tried["outcome"], tried["status"]) == ("desk", "dead", 410)
    assert "1 delivery queued again" in tracker("alerts", "retry", alert["key"][:8]).stderr
    assert json.loads(tracker("alerts", "list", "--state", "dead", "--format", "json").stdout) == []
    assert tracker("alerts", "log", "ffff").returncode == Exit.USAGE
