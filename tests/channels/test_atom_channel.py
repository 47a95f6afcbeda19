"""The Atom feed: the document, and the file that is never half written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest

from tracker.alerts import Alert
from tracker.channels import CHANNELS, Names, Setup
from tracker.channels.atom import render_feed
from tracker.errors import DeliveryError
from tracker.log import Head

MakeAlert = Callable[..., Alert]
NOON = datetime(2024, 6, 19, 12, tzinfo=UTC)
NS = {"a": "http://www.w3.org/2005/Atom"}


def test_a_feed_reader_finds_title_words_link_and_dates(
    alert: MakeAlert, names: Callable[..., Names]
) -> None:
    read = feedparser.parse(render_feed([alert()], names(), updated=NOON, title="News of the race"))
    assert not read.bozo
    assert (read.version, read.feed.title) == ("atom10", "News of the race")
    assert read.feed.updated == "2024-06-18T12:30:00Z"
    (entry,) = read.entries
    assert entry.title == "Hungary now backs First One (was: opposes): 2 of 3, Romania remains"
    assert "Hungary is ready to support First One." in entry.content[0].value
    assert entry.link == "https://gazette.example/hungary"
    assert (entry.published, entry.updated) == ("2024-06-18T11:00:00Z", "2024-06-18T12:30:00Z")
    assert {tag.term for tag in entry.tags} == {"chair-2024", "hu", "first-one"}


def test_ids_stay_the_same_and_differ_by_key(alert: MakeAlert, names: Callable[..., Names]) -> None:
    def ids(*alerts: Alert) -> list[str]:
        root = ET.fromstring(render_feed(alerts, names(), updated=NOON))
        return [element.text or "" for element in root.iterfind("a:entry/a:id", NS)]

    first, second = alert(key="a" * 32), alert(key="not hex at all")
    both = ids(first, second)
    assert both == [*ids(first), *ids(second)]
    assert len(set(both)) == 2
    assert all(id_.startswith("urn:uuid:") for id_ in both)


def test_a_feed_without_alerts_is_whole_all_the_same(names: Callable[..., Names]) -> None:
    read = feedparser.parse(render_feed([], names(), updated=NOON))
    assert not read.bozo
    assert (read.entries, read.feed.updated) == ([], "2024-06-19T12:00:00Z")


def test_it_says_where_the_log_ends_and_where_it_is_served(names: Callable[..., Names]) -> None:
    read = feedparser.parse(
        render_feed(
            [],
            names(),
            updated=NOON,
            url="http://127.0.0.1:8787/alerts.atom",
            page="http://127.0.0.1:8787/",
            head=Head(7, bytes(32)),
        )
    )
    assert read.feed.subtitle == f"Log head: event 7, {'00' * 32}"
    assert {link.rel: link.href for link in read.feed.links} == {
        "self": "http://127.0.0.1:8787/alerts.atom",
        "alternate": "http://127.0.0.1:8787/",
    }


def test_hostile_words_stay_words(alert: MakeAlert, names: Callable[..., Names]) -> None:
    hostile = alert(
        evidence="</content><script>alert(1)</script>]]>\x00\x1b\ufffe\ud800&lt;",
        speaker="<b>",
        url="javascript:alert(1)",
    )
    root = ET.fromstring(render_feed([hostile], names(), updated=NOON))
    (content,) = root.iterfind("a:entry/a:content", NS)
    assert content.get("type") == "text"
    assert "</content><script>alert(1)</script>]]>&lt;" in (content.text or "")
    assert root.find("a:entry/a:link", NS) is None


def test_the_file_holds_the_last_alerts_and_a_repeat_changes_nothing(
    alert: MakeAlert, setup: Callable[..., Setup], tmp_path: Path
) -> None:
    kept = [alert(key=f"{n:032x}", at=NOON + timedelta(minutes=n)) for n in range(5)]
    path = tmp_path / "alerts.xml"
    channel = CHANNELS["atom"](
        setup(path=str(path), limit=3, recent=lambda limit: list(reversed(kept))[:limit])
    )
    channel.send(kept[-1])
    first = path.read_bytes()
    assert [e.updated for e in feedparser.parse(first).entries] == [
        f"2024-06-19T12:0{n}:00Z" for n in (4, 3, 2)
    ]
    channel.send(kept[-1])
    assert path.read_bytes() == first
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_an_alert_that_the_list_lacks_is_in_the_file(
    alert: MakeAlert, setup: Callable[..., Setup], tmp_path: Path
) -> None:
    path = tmp_path / "alerts.xml"
    CHANNELS["atom"](setup(path=str(path))).send(alert())
    assert len(feedparser.parse(path.read_bytes()).entries) == 1


def test_whoever_reads_while_it_is_written_gets_a_whole_document(
    alert: MakeAlert, setup: Callable[..., Setup], tmp_path: Path
) -> None:
    path = tmp_path / "alerts.xml"
    many = [alert(key=f"{n:032x}", evidence="long " * 200) for n in range(40)]
    channel = CHANNELS["atom"](setup(path=str(path), recent=lambda limit: many[:limit]))
    channel.send(many[0])
    done = threading.Event()

    def write() -> None:
        for _ in range(20):
            channel.send(many[0])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    read = 0
    while not done.is_set():
        assert len(ET.fromstring(path.read_bytes()).findall("a:entry", NS)) == 40
        read += 1
    writer.join()
    assert read > 1


def test_a_folder_that_is_not_there_is_made(
    alert: MakeAlert, setup: Callable[..., Setup], tmp_path: Path
) -> None:
    path = tmp_path / "var" / "feeds" / "alerts.xml"
    CHANNELS["atom"](setup(path=str(path))).send(alert())
    assert path.exists()


def test_a_place_that_cannot_be_written_is_a_failed_delivery(
    alert: MakeAlert, setup: Callable[..., Setup], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "alerts.xml"
    with pytest.raises(DeliveryError, match=r"alerts\.xml cannot be written: ") as caught:
        CHANNELS["atom"](setup(path=str(path))).send(alert())
    assert not caught.value.permanent
