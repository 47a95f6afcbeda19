"""Feeds that are no XML, and still are feeds: their whole entries come out, and the fault is kept."""

from __future__ import annotations

import re
import time

import pytest

from tracker.errors import ParseError
from tracker.feeds.entries import ParseLimits


def titles(parsed):
    return [item.title for item in parsed.items]


def joined(rss, entry, *, before=b"", after=b"", replace=(b"", b"")):
    body = rss(*(entry(n) for n in range(1, 13)))
    return before + body.replace(*replace, 1) + after if replace[0] else before + body + after


ALL = [f"Story {n}" for n in range(1, 13)]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"replace": (b"What story 3 says", b"What AT&T & story 3 says")}, "2 bare ampersands"),
        ({"replace": (b"What story 3 says", b"What&nbsp;story&hellip; 3 &foo; says")}, "1 bare ampersands"),
        ({"replace": (b"What story 3 says", b"What\x00 \x07story\x1f 3 says")}, "3 control characters"),
        ({"replace": (b"What story 3 says", b"What &#0; &#x1F; &#99999999; says")}, "1 bare ampersands"),
        ({"replace": (b"What story 3 says", b"5 < 6 and <3 says")}, "a bare <"),
        ({"replace": (b"What story 3 says", b"a ]]> b")}, None),
        ({"replace": (b"What story 3 says", b"<p>one<br>two<b>three</p>")}, "1 ill-formed entry"),
        ({"replace": (b"What story 3 says", b"<media:x/><a foo:b='1'/>")}, "undeclared prefix 'foo'"),
        ({"replace": (b"'false'>story-3", b"false>story-3")}, "ill-formed"),
        ({"before": b"\r\n\n  "}, None),
        ({"before": b"\xef\xbb\xbf"}, None),
        ({"before": b"<br />\n<b>Warning</b>: x() in /srv/x.php on line <b>3</b>\n"}, "junk before"),
        ({"before": b"<!-- cached -->"}, None),
        ({"after": b"<!-- served in 3 ms -->"}, None),
        ({"after": b"<script>track()</script>"}, "junk after the feed"),
        ({"after": b"\0\0\0"}, "control characters"),
        ({"replace": (b"</item><item><title>Story 4", b"<item><title>Story 4")}, "an entry without its end"),
        ({"replace": (b"</channel></rss>", b"</channel>")}, "cut off at its end"),
        ({"replace": (b"</channel></rss>", b"</rss>")}, None),
        ({"replace": (b"<title>The Gazette</title>", b"<title>The <b>Gazette</title>")}, None),
        ({"replace": (b"<rss version", b"<RSS version")}, None),
        ({"replace": (b"<channel>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><channel>")}, None),
    ],
)  # fmt: skip
def test_every_whole_entry_comes_out_and_the_fault_is_kept(read, rss, entry, change, fault):
    parsed = read(joined(rss, entry, **change))
    assert titles(parsed) == ALL
    assert all(item.date_given and item.url and item.summary for item in parsed.items)
    assert parsed.item_faults == ()
    if fault is None:
        assert parsed.fault is None or "ill-formed" not in parsed.fault
    else:
        assert fault in parsed.fault


def test_mended_text_says_what_it_said(read, rss, entry):
    body = joined(
        rss, entry, replace=(b"What story 3 says.", b"AT&T&nbsp;&amp;&eacute;&#233; 5 < 6 &foo; \x01end")
    )
    assert read(body).items[2].summary == "AT&T\xa0&éé 5 < 6 &foo; end"


def test_an_ill_formed_entry_changes_nothing_about_its_neighbours(read, rss, entry):
    whole = read(rss(*(entry(n) for n in range(1, 13))))
    broken = read(joined(rss, entry, replace=(b"What story 3 says", b"<p>one<br>two<b>three</p></i>")))
    assert [item for item in broken.items if item.title != "Story 3"] == [
        item for item in whole.items if item.title != "Story 3"
    ]


def test_a_feed_cut_off_anywhere_gives_only_whole_entries(read, rss, entry):
    body = rss(*(entry(n) for n in range(1, 6)))
    whole = read(body).items
    end = body.index(b"</channel>")
    for length in range(body.index(b"<item>"), len(body) - 1, 7):
        parsed = read(body[:length])
        assert parsed.items == whole[: body[:length].count(b"</item>")]
        assert parsed.fault and "cut off" in parsed.fault, (length, end)


def test_a_feed_cut_off_within_a_cdata_section_drops_that_entry(read, rss, entry):
    body = rss(entry(1), "<title><![CDATA[Story 2]]></title><description><![CDATA[What it")[:-40]
    assert titles(read(body)) == ["Story 1"]


def test_a_section_that_nobody_closed_costs_its_own_entry_only(read, rss, entry):
    parsed = read(
        rss(entry(1), "<title><![CDATA[open</title>", entry(3), "<title><![CDATA[good]]></title>", entry(5))
    )
    assert titles(parsed) == ["Story 1", "Story 3", "good", "Story 5"]
    assert [fault.problem for fault in parsed.item_faults] == ["<![CDATA[ without its ]]>"]
    parsed = read(rss(entry(1), "<title>x <!-- y</title>", entry(3)))
    assert titles(parsed) == ["Story 1", "Story 3"]


def test_markup_within_a_cdata_section_is_text(read, rss, entry):
    body = "<title>x</title><description><![CDATA[<item><title>no</title></item> & <br>]]></description>"
    (first, second) = read(rss(body, entry(2))).items
    assert first.summary == "<item><title>no</title></item> & <br>"
    assert second.title == "Story 2"


def test_an_entry_within_an_entrys_content_is_content(read):
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>outer</title>"
        b"<content type='application/xml'><wrap><entry><title>inner</title></entry></wrap></content></entry>"
        b"<entry><title>next</title></entry></feed>"
    )
    assert titles(read(body))[-1] == "next"
    assert len(read(body).item_faults) == 0


# --- Bombs: refused or bounded before they cost time. Each would take a naive reader minutes.


def bounded(read, body, **more):
    """The parse or its ParseError, in at most ten seconds of this thread's own time (it takes one or two)."""
    start = time.thread_time()
    try:
        return read(body, **more)
    except ParseError as error:
        return error
    finally:
        assert time.thread_time() - start < 10


def test_entity_bombs_are_not_expanded_and_external_entities_not_read(read, rss, entry):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>'.encode()
    parsed = bounded(read, joined(rss, entry, before=bomb, replace=(b"Story 3", b"&l9;")))
    assert titles(parsed)[2] == "&l9;" and len(parsed.items) == 12
    assert "entity declarations, ignored" in parsed.fault
    for system in ("file:///etc/passwd", "http://127.0.0.1:1/x", "/dev/zero"):
        external = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{system}"> %e;]>'.encode()
        parsed = bounded(read, joined(rss, entry, before=external, replace=(b"Story 3", b"&e;")))
        assert titles(parsed)[2] == "&e;"


@pytest.mark.parametrize(
    ("hostile", "problem"),
    [
        ("<description>" + "<b>" * 100_000 + "</description>", "elements more than 200 deep"),
        ("<description>" + "<b>" * 9_000 + "</b>" * 9_000 + "</description>", "elements more than 200 deep"),
        ("<x " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>", "characters|attributes"),
        ("<x " + " ".join(f'a{n}="1"' for n in range(2_000)) + "/>", "more than 500 attributes"),
        ("<description>" + "&" * 2_000_000 + "</description>", "references"),
        ("<description>" + "x" * 9_000_000 + "</description>", "longer than 8000000 characters"),
        ("<description>" + "<br>y" * 80_000 + "</description>", "ill-formed, and too long"),
        ("<description>" + "<![CDATA[" * 200_000 + "</description>", "<!.CDATA. without its ]]>"),
        ("<description>" + "<!--" * 300_000 + "</description>", "<!-- without its -->"),
    ],
    ids=[
        "deep", "deep-closed", "attributes", "some-attributes", "ampersands", "long", "loose",
        "cdata", "comments",
    ],
)  # fmt: skip
def test_a_hostile_entry_is_left_out_and_its_neighbours_are_not(read, rss, entry, hostile, problem):
    parsed = bounded(read, rss(entry(1), "<title>hostile</title>" + hostile, entry(3)))
    assert titles(parsed) == ["Story 1", "Story 3"]
    (fault,) = parsed.item_faults
    assert fault.where.endswith("item 2")
    assert re.search(problem, fault.problem)


@pytest.mark.parametrize(
    "hostile",
    [
        "<author>" + "a" * 50_000 + "@" + "b." * 25_000 + "</author>",
        "<author><name>" + "a" * 50_000 + "@" + "b." * 25_000 + "</name></author>",
        "<pubDate>" + "2024-" * 20_000 + "</pubDate>",
        "<description>" + "&lt;p&gt;Some &lt;b&gt;text" * 40_000 + "</description>",
        "<title>x <a \"" + ">" * 500_000 + "</title>",
        "<category>a</category>" * 10_000,
        "".join(f'<a xmlns:p{n}="u:{n}"/>' for n in range(20_000)),
    ],
    ids=["author", "author-name", "date", "escaped-html", "open-quote", "categories", "namespaces"],
)  # fmt: skip
def test_an_entry_that_is_only_odd_is_taken(read, rss, entry, hostile):
    parsed = bounded(read, rss(entry(1), "<title>odd</title>" + hostile, entry(3)))
    assert len(parsed.items) == 3 and parsed.items[2].title == "Story 3"


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<x>" * 100_000,
        b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"><channel>",
        b"<rss><channel>" + b"<" * 5_000_000,
        b"<rss><channel>" + b"<a \"" * 1_500_000,
        b"<rss><channel>" + b"<!" * 2_000_000,
        b"<rss><channel>" + b"</a>" * 1_000_000,
        b"<rss x='" + b"y" * 30_000 + b"'><channel><item><title>x</title></item></channel></rss>",
        b"<!DOCTYPE " * 500_000,
        b"<" * 5_000_000,
        b'{"items":' + b"[" * 3_000_000,
        b'{"items":[' + b"{}," * 2_000_000 + b"{}]}",
        b"<html>" + b"<a " * 1_000_000,
        b"<html><title>" + b"&" * 5_000_000,
    ],
    ids=[
        "deep", "attributes", "lt", "quotes", "declarations", "closers", "root", "doctypes", "only-lt",
        "json-deep", "json-wide", "html", "html-amp",
    ],
)  # fmt: skip
def test_a_hostile_document_is_refused_in_words(read, body):
    error = bounded(read, body)
    assert isinstance(error, ParseError) and error.problem and len(error.problem) < 300


def test_of_25000_entries_the_newest_are_taken_whichever_end_they_are_at(read, rss, entry):
    def dated(n):
        return entry(n, date=f"2024-01-{1 + n // 1000:02}T00:00:00Z")

    limits = ParseLimits(max_items=100)
    falling = bounded(read, rss(*(dated(n) for n in reversed(range(25_000)))), limits=limits)
    rising = bounded(read, rss(*(dated(n) for n in range(25_000))), limits=limits)
    assert titles(falling) == [f"Story {n}" for n in range(24_999, 24_899, -1)]
    assert titles(rising) == [f"Story {n}" for n in range(24_900, 25_000)]
    assert rising.fault == "25000 entries, the newest 100 taken"
