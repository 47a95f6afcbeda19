"""What lies on the disk: feed files, JSON lines, plain texts, folders."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from tracker.errors import InputError
from tracker.feeds import files
from tracker.feeds.entries import ItemFault
from tracker.items import Item, OutletClass

PUBLISHED = datetime(2024, 2, 22, tzinfo=UTC)
RECORD = {
    "id": "dev-1", "contest": "x", "published": "2024-02-22T13:13:00Z", "source": "Meridian Wire",
    "url": "https://wire.example/1", "title": "A title", "summary": "A summary.", "body": "A body.",
    "lang": "en", "claims": [],
}  # fmt: skip


@pytest.fixture
def place(tmp_path):
    """Write files below a folder, by name; the folder."""

    def write(**contents):
        for name, content in contents.items():
            path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


# --- Feed files


def test_a_feed_file_gives_its_items_named_after_the_feed(place, rss, entry, seen_at):
    path = place(a_dot_xml=rss(entry(1), entry(2))) / "a.xml"
    items = list(files.read(path, seen_at=seen_at))
    assert [(item.title, item.source) for item in items] == [
        ("Story 1", "The Gazette"),
        ("Story 2", "The Gazette"),
    ]
    assert [item.source for item in files.read(path, seen_at=seen_at, source="Other")] == ["Other"] * 2


def test_an_archive_is_taken_whole(place, rss, entry, seen_at):
    path = place(a_dot_xml=rss(*(entry(n) for n in range(1500)))) / "a.xml"
    assert len(list(files.read(path, seen_at=seen_at))) == 1500


def test_a_feed_file_with_a_fault_gives_its_items_and_a_note(place, rss, entry, seen_at):
    path = place(a_dot_xml=rss(entry(1), entry(2))[:-60]) / "a.xml"
    fault, item = files.read(path, seen_at=seen_at)
    assert fault.note and "cut off" in fault.problem and fault.where == str(path)
    assert item.title == "Story 1"


def test_a_file_that_is_no_feed_is_a_fault_at_its_place(place, seen_at):
    path = place(a_dot_xml="<html><title>Oops</title></html>") / "a.xml"
    (fault,) = files.read(path, seen_at=seen_at)
    assert fault.where == str(path) and "HTML page" in fault.problem and not fault.note


# --- JSON lines


def test_a_line_is_an_item(place, seen_at):
    path = place(a_dot_jsonl=lines(RECORD)) / "a.jsonl"
    (item,) = files.read(path, seen_at=seen_at)
    assert item == Item(
        id=item.id,
        source="Meridian Wire",
        url="https://wire.example/1",
        title="A title",
        summary="A summary.",
        body="A body.",
        lang="en",
        published_at=datetime(2024, 2, 22, 13, 13, tzinfo=UTC),
        guid="dev-1",
    )


def test_a_line_and_a_feed_entry_of_one_article_are_one_item(place, rss, seen_at):
    folder = place(
        a_dot_jsonl=lines(RECORD),
        b_dot_xml=rss("<title>A title</title><link>https://wire.example/1?utm_source=x</link>"),
    )
    first, second = files.read(folder, seen_at=seen_at)
    assert first.id == second.id


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "not JSON"),
        (b"[1]", "not a JSON object but list"),
        (b'"text"', "not a JSON object but str"),
        (b"{}", "no title, summary or body"),
        (b'{"title": ["a"]}', "title: not a text but list"),
        (b'{"title": "a", "published": true}', "published: not a text but bool"),
        (b'{"title": "a", "outlet_class": "blog"}', "outlet_class: .* expected outlet, wire, official"),
        (b'{"title": "\xff"}', "not JSON"),
        (b"[" * 200_000, "not JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(place, seen_at, line, problem):
    good = lines(RECORD).encode()
    path = place(a_dot_jsonl=good + line + b"\n\n" + good.replace(b"/1", b"/2")) / "a.jsonl"
    first, fault, last = files.read(path, seen_at=seen_at)
    assert fault.where == f"{path}:2"
    assert re.search(problem, fault.problem)
    assert (first.url, last.url) == ("https://wire.example/1", "https://wire.example/2")


def test_a_line_needs_nothing_but_text(place, seen_at):
    path = (
        place(a_dot_jsonl=lines({"title": "x", "url": "javascript:1", "published": "soon", "lang": None}))
        / "a.jsonl"
    )
    (item,) = files.read(path, seen_at=seen_at)
    assert (item.url, item.published_at, item.date_given, item.lang) == ("", seen_at, False, "")


def test_a_line_may_name_class_and_elector(place, seen_at):
    path = place(a_dot_jsonl=lines({**RECORD, "outlet_class": "official", "elector": "hu"})) / "a.jsonl"
    (item,) = files.read(path, seen_at=seen_at, source="Ministry")
    assert (item.outlet_class, item.elector, item.source) == (OutletClass.OFFICIAL, "hu", "Ministry")


# --- Plain texts


def test_a_text_has_its_title_in_the_first_line(place, seen_at):
    path = place(a_dot_txt="\n  The title \r\n\r\nFirst.\r\n\r\nSecond < third & last.\n") / "a.txt"
    (item,) = files.read(path, seen_at=seen_at, published=PUBLISHED)
    assert (item.title, item.body) == ("The title", "First.\n\nSecond &lt; third &amp; last.")
    assert (item.published_at, item.date_given, item.source) == (PUBLISHED, True, "a.txt")
    (named,) = files.read(path, seen_at=seen_at, published=PUBLISHED, source="Desk", lang="en")
    assert (named.source, named.lang) == ("Desk", "en")


def test_a_text_without_its_date_is_refused_with_the_option_to_give(place, seen_at):
    path = place(a_dot_txt="A title") / "a.txt"
    with pytest.raises(InputError, match=r"a\.txt: .* give --published DATE"):
        files.read(path, seen_at=seen_at)


def test_a_text_with_a_title_alone_is_taken_and_an_empty_one_is_refused(place, seen_at):
    folder = place(a_dot_txt="Only a title", b_dot_txt=" \n ")
    assert [item.title for item in files.read(folder / "a.txt", seen_at=seen_at, published=PUBLISHED)] == [
        "Only a title"
    ]
    with pytest.raises(InputError, match="an empty file"):
        list(files.read(folder / "b.txt", seen_at=seen_at, published=PUBLISHED))


@pytest.mark.parametrize(
    ("content", "kind"), [("<rss><channel/></rss>", 0), (lines(RECORD), 1), ("A title\n\nText", 1)]
)
def test_a_name_that_says_nothing_is_read_by_its_content(place, seen_at, content, kind):
    path = place(plain=content) / "plain"
    assert len(list(files.read(path, seen_at=seen_at, published=PUBLISHED))) == kind


# --- Folders


def test_a_folder_is_read_in_order_whatever_is_none_of_ours_with_a_note(place, rss, entry, seen_at):
    folder = place(
        b__z_dot_xml=rss(entry(3)),
        b__a_dot_rss=rss(entry(2)),
        a_dot_atom=rss(entry(1)),
        c_dot_jsonl=lines(RECORD),
        labels_dot_jsonl=lines({"link": "x", "title": "t", "claims": []}),
        expected_dot_json='{"a": 1}',
        README_dot_md="read me",
        note_dot_txt="A note",
        _dot_hidden_dot_xml=rss(entry(9)),
    )
    found = list(files.read(folder, seen_at=seen_at))
    titles = [one.title for one in found if isinstance(one, Item)]
    assert titles == ["Story 1", "A title", "Story 2", "Story 3"]
    notes = {one.where.rpartition("/")[2]: one for one in found if isinstance(one, ItemFault)}
    assert set(notes) == {"labels.jsonl", "expected.json", "README.md", "note.txt"}
    assert all(note.note for note in notes.values())
    assert "--published" in notes["note.txt"].problem


def test_texts_in_a_folder_are_read_when_a_date_is_given(place, seen_at):
    folder = place(a_dot_txt="One", b_dot_txt="Two")
    assert [item.title for item in files.read(folder, seen_at=seen_at, published=PUBLISHED)] == ["One", "Two"]


def test_a_link_back_up_does_not_make_a_folder_endless(place, rss, entry, seen_at):
    folder = place(sub__a_dot_xml=rss(entry(1)))
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    assert len(list(files.read(folder, seen_at=seen_at))) == 1


def test_a_path_that_is_not_there_is_refused_at_once(tmp_path, seen_at):
    with pytest.raises(InputError, match="no such file or folder"):
        files.read(tmp_path / "absent.xml", seen_at=seen_at)
