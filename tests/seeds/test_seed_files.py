"""The seeds are well-formed: every feed reads, every item is labelled, every quoted word is in its item.

These tests judge the files only; what the reader makes of them is asked in tests/journeys.
"""

from __future__ import annotations

import calendar
import html
import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

RACE = Path(__file__).parents[2] / "seeds" / "nato-sg-2024"
FEEDS = sorted((RACE / "feeds").glob("*.xml"))
FIRST_DAY, LAST_DAY = date(2023, 11, 1), date(2024, 6, 30)
SWEDEN_JOINED = "2024-03-07"

STANCES = {"supports", "leans_support", "undecided", "leans_oppose", "opposes"}
CERTAINTIES = {"official", "reported", "anonymous", "speculation"}
TIMES = {"now", "historical", "future", "conditional"}
VOICES = {"elector", "elector_unnamed", "outlet", "third_party", "unnamed"}


def plain(text: str) -> str:
    """Feed text as a reader sees it: entities resolved, tags gone, white space single."""
    text = html.unescape(html.unescape(text))
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@cache
def feed(path: Path) -> Any:
    return feedparser.parse(path.read_bytes())


@cache
def entries() -> tuple[tuple[Any, Any], ...]:
    return tuple((feed(path), entry) for path in FEEDS for entry in feed(path).entries)


@cache
def labels() -> dict[str, dict[str, Any]]:
    lines = (RACE / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["link"]: row for row in map(json.loads, lines)}


@cache
def expected() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((RACE / "expected.json").read_text(encoding="utf-8"))
    return read


def published(entry: Any) -> datetime | None:
    parsed = entry.get("published_parsed")
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_every_file_is_xml_and_a_feed_without_fault(path: Path) -> None:
    ElementTree.fromstring(path.read_bytes())
    read = feed(path)
    assert not read.bozo, read.get("bozo_exception")
    assert read.entries
    assert all(entry.get("title") and entry.get("link") for entry in read.entries)


def test_there_are_both_formats_and_at_least_eight_outlets() -> None:
    assert {feed(path).version for path in FEEDS} == {"rss20", "atom10"}
    assert len({feed(path).feed.title for path in FEEDS}) >= 8


def test_there_are_at_least_150_items_and_nearly_half_make_no_claim() -> None:
    assert len(entries()) >= 150
    noise = sum(not row["claims"] for row in labels().values())
    assert 0.4 <= noise / len(labels()) <= 0.55


def test_every_link_is_unique_and_has_its_label_and_no_label_is_left_over() -> None:
    links = Counter(entry.link for _, entry in entries())
    assert [link for link, times in links.items() if times > 1] == []
    assert set(links) == set(labels())


def test_guids_are_unique_where_they_are_given_and_one_item_has_none() -> None:
    given = Counter((read.feed.title, entry.id) for read, entry in entries() if entry.get("id"))
    assert [guid for guid, times in given.items() if times > 1] == []
    assert sum(not entry.get("id") for _, entry in entries()) == 1


def test_dates_are_those_of_the_labels_and_inside_the_race_and_one_item_has_none() -> None:
    undated = 0
    for read, entry in entries():
        when, row = published(entry), labels()[entry.link]
        assert row["source"] == read.feed.title
        if when is None:
            undated += 1
            assert row["published"] is None
            assert row["claims"] == []  # it could be ordered nowhere
            continue
        assert f"{when:%Y-%m-%dT%H:%M:%SZ}" == row["published"], entry.link
        assert FIRST_DAY <= when.date() <= LAST_DAY
    assert undated == 1


def test_no_two_items_share_an_instant_so_that_the_order_of_alerts_is_fixed() -> None:
    times = Counter(row["published"] for row in labels().values() if row["published"])
    assert [when for when, count in times.items() if count > 1] == []


def test_every_evidence_stands_word_for_word_in_its_item() -> None:
    for _, entry in entries():
        fields = [entry.title, entry.get("summary", ""), *(c.value for c in entry.get("content", ()))]
        texts = [plain(field) for field in fields]
        for claim in labels()[entry.link]["claims"]:
            words = " ".join(claim["evidence"].split())
            assert any(words in text for text in texts), (entry.link, words)


def test_labels_use_the_words_of_the_labelling_rules() -> None:
    for row in labels().values():
        for claim in row["claims"]:
            assert claim["stance"] in STANCES
            assert claim["certainty"] in CERTAINTIES
            assert claim["time"] in TIMES
            assert claim["voice"] in VOICES
            assert (claim["certainty"] == "official") == (claim["voice"] == "elector")
            assert not claim["silence"] or claim["stance"] == "undecided"
        pairs = Counter((c["elector"], c["candidate"], c["time"]) for c in row["claims"])
        assert not [pair for pair, times in pairs.items() if times > 1], row["link"]


def test_wire_copies_make_the_claims_of_their_original_or_fewer() -> None:
    originals: dict[str, set[tuple[str, ...]]] = {}
    for row in labels().values():
        if not row.get("copy"):
            continue
        made = {(c["elector"], c["candidate"], c["stance"], c["certainty"], c["time"]) for c in row["claims"]}
        first = originals.setdefault(row["copy"], made)
        assert made <= first, row["link"]
    assert len(originals) >= 5


def test_every_expected_alert_follows_from_a_claim_of_its_item() -> None:
    for alert in expected()["alerts"]:
        row = labels()[alert["link"]]
        assert alert["at"] == row["published"]
        assert alert["from"] != alert["to"]
        carrying = [
            c
            for c in row["claims"]
            if (c["elector"], c["candidate"], c["time"]) == (alert["elector"], alert["candidate"], "now")
        ]
        assert len(carrying) == 1
        assert not carrying[0]["silence"]
        assert carrying[0]["certainty"] == alert["certainty"] != "speculation"
        # a weak voice moves a standing to a lean in its own direction, any other as far as it says
        assert alert["to"] in (carrying[0]["stance"], "leans_" + carrying[0]["stance"].removesuffix("s"))


def test_expected_alerts_are_in_order_and_each_starts_where_the_last_one_ended() -> None:
    alerts = expected()["alerts"]
    keys = [(a["at"], a["elector"], a["candidate"]) for a in alerts]
    assert keys == sorted(keys)
    standing: dict[tuple[str, str], str] = {}
    for alert in alerts:
        pair = (alert["elector"], alert["candidate"])
        before = standing.get(pair, "unknown")
        # from unknown, silence may have filled "undecided" without an alert
        assert alert["from"] == before or (before, alert["from"]) == ("unknown", "undecided")
        standing[pair] = alert["to"]


def test_expected_checkpoints_agree_with_the_alerts_before_them() -> None:
    for checkpoint in expected()["checkpoints"]:
        day = checkpoint["as_of"]
        told: dict[tuple[str, str], str] = {}
        for alert in expected()["alerts"]:
            if alert["at"][:10] <= day:
                told[alert["elector"], alert["candidate"]] = alert["to"]
        for candidate, picture in checkpoint["candidates"].items():
            assert len(picture["standings"]) == 32
            for elector, standing in picture["standings"].items():
                stance, by_alert = standing["stance"], told.get((elector, candidate), "unknown")
                assert stance == by_alert or (by_alert, stance) == ("unknown", "undecided")
                assert (standing["certainty"] is None) == (stance == "unknown")
            members = {e for e in picture["standings"] if e != "se" or day >= SWEDEN_JOINED}
            backing = {e for e in members if picture["standings"][e]["stance"] == "supports"}
            assert set(picture["supporters"]) == backing
            assert set(picture["holdouts"]) == members - backing
            assert checkpoint["members"] == len(members)


def test_the_readme_counts_what_is_there() -> None:
    text = (RACE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| `.* \| (\d+) \|$", text, flags=re.MULTILINE)
    assert {outlet: int(items) for outlet, items in rows} == Counter(read.feed.title for read, _ in entries())
    silent = sum(not row["claims"] for row in labels().values())
    assert f"{len(entries())} items of {len(rows)} outlets" in text
    assert f"{silent} of them ({round(100 * silent / len(entries()))} %) make no claim" in text
    alerts, checkpoints = len(expected()["alerts"]), len(expected()["checkpoints"])
    assert f"{alerts} alerts" in text
    assert f"{checkpoints} checkpoints" in text
