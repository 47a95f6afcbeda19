"""From bytes to items: formats, fields, links, ids, and what is no feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tracker.errors import ParseError
from tracker.feeds.entries import ParseLimits
from tracker.items import OutletClass

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr-BE" xml:base="https://gazette.example/news/">
<title>La Gazette</title><link href="https://gazette.example/"/>
<link rel="self" href="https://gazette.example/feed.atom"/>
<entry><title type="html">Un &amp;lt;b&amp;gt;titre</title>
<link rel="enclosure" href="https://cdn.example/a.mp3"/><link rel="alternate" href="2024/one"/>
<id>tag:gazette.example,2024:1</id><published>2024-02-22T13:13:00+01:00</published>
<updated>2024-02-23T08:00:00+01:00</updated><summary>Le résumé.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Le <em>texte</em>.</p></div>
</content></entry>
<entry xml:lang="nl"><title>Twee</title><link href="/two"/><id>two</id><updated>2024-02-23T08:00:00Z</updated>
<content type="html">&lt;p&gt;Alles.&lt;/p&gt;</content></entry>
</feed>"""

RDF = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://gazette.example/"><title>Gazette</title>
<link>https://gazette.example/</link><dc:language>de</dc:language>
<items><rdf:Seq><rdf:li resource="https://gazette.example/1"/></rdf:Seq></items></channel>
<item rdf:about="https://gazette.example/1"><title>Eins</title><link>https://gazette.example/1</link>
<dc:date>2024-02-22T13:13:00Z</dc:date><description>Text.</description></item>
</rdf:RDF>"""


def json_feed(*items, **more):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": list(items), **more}
    return json.dumps(feed).encode()


# --- Formats


def test_rss_gives_an_item_with_every_field(read, rss, seen_at):
    body = rss(
        "<title>Hungary &amp; Rutte</title><link>https://gazette.example/1?utm_source=rss</link>"
        "<guid isPermaLink='false'>g1</guid><pubDate>Thu, 22 Feb 2024 13:13:00 +0100</pubDate>"
        "<description><![CDATA[<p>The summary.</p>]]></description>"
        "<content:encoded><![CDATA[<p>The whole <a href='/x'>text</a>.</p>]]></content:encoded>",
        head="<title>The Gazette</title><link>https://gazette.example/</link>"
        "<language>en-GB</language><ttl>15</ttl>",
    )
    parsed = read(body, outlet_class=OutletClass.OFFICIAL, elector="hu")
    (item,) = parsed.items
    assert (item.title, item.summary) == ("Hungary & Rutte", "<p>The summary.</p>")
    assert item.body == "<p>The whole <a href='/x'>text</a>.</p>"
    assert (item.url, item.guid) == ("https://gazette.example/1?utm_source=rss", "g1")
    assert (item.published_at, item.date_given) == (datetime(2024, 2, 22, 12, 13, tzinfo=UTC), True)
    assert (item.source, item.feed, item.lang) == ("The Gazette", "gazette", "en")
    assert (item.outlet_class, item.elector) == (OutletClass.OFFICIAL, "hu")
    assert (parsed.fault, parsed.item_faults) == (None, ())
    assert (parsed.title, parsed.link, parsed.ttl_s) == ("The Gazette", "https://gazette.example/", 900.0)


def test_atom_gives_its_alternate_link_its_own_language_and_its_content(read):
    first, second = read(ATOM.encode()).items
    assert first.url == "https://gazette.example/news/2024/one"
    assert (first.title, first.summary) == ("Un &lt;b&gt;titre", "Le résumé.")
    assert first.body == "<p>Le <em>texte</em>.</p>"
    assert first.published_at == datetime(2024, 2, 22, 12, 13, tzinfo=UTC)
    assert (first.lang, second.lang) == ("fr", "nl")
    assert (second.summary, second.body) == ("", "<p>Alles.</p>")
    assert second.url == "https://gazette.example/two"
    assert second.published_at == datetime(2024, 2, 23, 8, tzinfo=UTC)


def test_rdf_gives_its_items_from_beside_the_channel(read):
    parsed = read(RDF)
    (item,) = parsed.items
    assert (item.title, item.url, item.lang) == ("Eins", "https://gazette.example/1", "de")
    assert item.published_at == datetime(2024, 2, 22, 13, 13, tzinfo=UTC)
    assert parsed.fault is None


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_json_feed_gives_items(read, version):
    body = json_feed(
        {
            "id": 17, "url": "/1", "title": "A < B", "content_html": "<p>Text</p>", "summary": "Short",
            "date_published": "2024-02-22T13:13:00+01:00", "language": "pl",
        },
        {"id": "2", "external_url": "https://other.example/2", "content_text": "1 < 2 & more"},
        version=version, language="en-US", home_page_url="https://gazette.example/",
    )  # fmt: skip
    first, second = read(body).items
    assert (first.guid, first.url, first.title) == ("17", "https://gazette.example/1", "A &lt; B")
    assert (first.body, first.summary, first.lang) == ("<p>Text</p>", "Short", "pl")
    assert first.published_at == datetime(2024, 2, 22, 12, 13, tzinfo=UTC)
    assert (second.url, second.body, second.lang) == ("https://other.example/2", "1 &lt; 2 &amp; more", "en")
    assert second.date_given is False


def test_entries_of_the_wrong_shape_stop_no_others_in_json(read):
    good = {"id": "1", "title": "Good"}
    parsed = read(
        json_feed(good, "text", None, 5, {"id": "2"}, {"id": ["3"], "title": {"a": 1}, "content_text": "x"})
    )
    assert [item.title for item in parsed.items] == ["Good", ""]
    assert [fault.where.rpartition(" ")[2] for fault in parsed.item_faults] == ["2", "3", "4", "5"]
    assert "NoneType" in parsed.item_faults[1].problem


def test_an_empty_feed_is_a_feed(read, rss):
    parsed = read(rss())
    assert (parsed.items, parsed.fault, parsed.title) == ((), None, "The Gazette")


# --- Fields


def test_the_outlets_name_comes_from_the_configuration_else_the_entry_else_the_feed(read, rss):
    body = rss(
        "<title>One</title><link>https://a.example/1</link><source url='x'>Agency A</source>",
        "<title>Two</title><link>https://b.example/2</link>",
    )
    assert [item.source for item in read(body).items] == ["The Gazette", "The Gazette"]
    assert [item.source for item in read(body, name="").items] == ["Agency A", "The Gazette"]
    bare = rss("<title>Two</title>", head="")
    assert [item.source for item in read(bare, name="").items] == ["gazette.example"]


def test_the_language_is_the_entrys_else_the_feeds_else_the_configured(read, rss):
    assert read(rss("<title>x</title>"), lang="hu").items[0].lang == "hu"
    assert read(rss("<title>x</title>", head="<language>pt-BR</language>"), lang="hu").items[0].lang == "pt"
    assert (
        read(rss("<title>x</title>", head="<language>English (all)</language>"), lang="hu").items[0].lang
        == "hu"
    )
    assert read(rss("<title>x</title>", head="<language>und</language>")).items[0].lang == ""


def test_long_texts_are_cut_with_a_mark(read, rss):
    body = rss(f"<title>{'t' * 5000}</title><description>{'word ' * 100_000}</description>")
    (item,) = read(body).items
    assert (len(item.title), len(item.summary)) == (2_004, 200_004)
    assert item.summary.endswith(" […]")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://gazette.example/1", "https://gazette.example/1"),
        ("  https://gazette.example/a b\n", "https://gazette.example/a%20b"),
        ("/1", "https://gazette.example/1"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("HTTP://Gazette.example/1", "http://Gazette.example/1"),
        ("javascript:alert(1)", ""),
        (" java\tscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("mailto:desk@gazette.example", ""),
        ("http://", ""),
        ("http://[", ""),
        ("https://gazette.example/" + "x" * 5000, ""),
        ("", ""),
    ],
)
def test_only_links_to_the_web_are_links(read, rss, link, url):
    (item,) = read(rss(f"<title>One</title><link>{link}</link>")).items
    assert item.url.replace("HTTP://", "http://") == url


def test_markup_in_a_title_is_kept_as_it_came(read, rss):
    (item,) = read(rss("<title><![CDATA[<script>alert(1)</script> News]]></title>")).items
    assert item.title == "<script>alert(1)</script> News"


def test_an_entry_without_any_text_is_named_and_stops_no_other(read, rss, entry):
    parsed = read(rss(entry(1), "<link>https://gazette.example/2</link>", "", entry(3)))
    assert [item.title for item in parsed.items] == ["Story 1", "Story 3"]
    assert [str(fault) for fault in parsed.item_faults] == [
        f"https://gazette.example/feed.xml: item {number}: no title and no text" for number in (2, 3)
    ]


# --- Ids


def ids(parsed):
    return [item.id for item in parsed.items]


def test_the_same_entry_has_the_same_id_in_every_poll(read, rss, entry):
    first = read(rss(entry(1), entry(2)))
    later = read(rss(entry(3), entry(2)))
    assert ids(first)[1] == ids(later)[1]
    assert len(set(ids(first) + ids(later))) == 3


def test_a_guid_that_rolls_and_a_tracking_parameter_that_rolls_make_no_new_item(read, rss):
    polls = [
        read(
            rss(
                f"<title>x</title><link>https://gazette.example/1?id=5&amp;utm_campaign={n}</link><guid>g{n}</guid>"
            )
        )
        for n in range(3)
    ]
    assert len({ids(poll)[0] for poll in polls}) == 1
    other = read(rss("<title>x</title><link>https://gazette.example/1?id=6</link>"))
    assert ids(other)[0] != ids(polls[0])[0]


def test_an_entry_edited_in_place_keeps_its_id_and_changes_its_digest(read, rss):
    before, after = (
        read(
            rss(f"<title>x</title><link>https://gazette.example/1</link><description>{text}</description>")
        ).items[0]
        for text in ("Hungary objects.", "Hungary agrees.")
    )
    assert before.id == after.id and before.digest != after.digest


def test_without_link_the_guid_makes_the_id_and_without_both_the_text(read, rss):
    by_guid = [read(rss(f"<title>{t}</title><guid isPermaLink='false'>g1</guid>")) for t in ("a", "b")]
    assert ids(by_guid[0]) == ids(by_guid[1])
    by_text = [read(rss(f"<title>{t}</title>")) for t in ("a", "b", "a")]
    assert ids(by_text[0]) == ids(by_text[2]) != ids(by_text[1])


def test_a_guid_that_is_an_address_is_the_link(read, rss):
    (item,) = read(rss("<title>x</title><guid>https://gazette.example/1</guid>")).items
    assert item.url == "https://gazette.example/1"


def test_the_same_entry_twice_in_a_feed_is_one_item_the_one_changed_last(read, rss):
    parsed = read(
        rss(
            "<title>Old</title><link>https://gazette.example/1</link><guid>a</guid>"
            "<pubDate>Thu, 22 Feb 2024 13:13:00 GMT</pubDate>",
            "<title>New</title><link>https://gazette.example/1#top</link><guid>a</guid>"
            "<pubDate>Thu, 22 Feb 2024 15:13:00 GMT</pubDate>",
        )
    )
    assert [item.title for item in parsed.items] == ["New"]


def test_entries_that_share_a_guid_are_all_kept(read, rss):
    linked = read(
        rss(
            *(
                f"<title>{n}</title><link>https://gazette.example/{n}</link><guid>same</guid>"
                for n in range(9)
            )
        )
    )
    bare = read(rss(*(f"<title>{n}</title><guid isPermaLink='false'>same</guid>" for n in range(9))))
    assert len(linked.items) == len(bare.items) == 9


@pytest.mark.parametrize(
    "link", ["https://gazette.example/", "https://gazette.example", "https://gazette.example/live#post-{n}"]
)
def test_a_link_that_is_no_article_of_its_own_merges_nothing(read, rss, link):
    items = [
        f"<title>Post {n}</title><link>{link.format(n=n)}</link><guid isPermaLink='false'>p{n}</guid>"
        for n in range(5)
    ]
    parsed = read(rss(*items))
    assert len(parsed.items) == 5
    assert all(item.url.startswith("https://gazette.example") for item in parsed.items)


# --- No feed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty answer"),
        (b" \r\n\t\0", "an empty answer"),
        (
            b"<html><head><title>Log &amp; in</title></head></html>",
            "an HTML page, title 'Log & in': not a feed; .* names none",
        ),
        (
            b"<!DOCTYPE html><title>Home</title>"
            b"<link rel='alternate stylesheet' type='application/rss+xml' href='/rss'>",
            r"the feed it names is https://gazette\.example/rss",
        ),
        (b"<!DOCTYPE html><a href='/x'>x</a> <rss version='2.0'><channel/></rss>", "an HTML page"),
        (b"<body><p>Not found</body>", "an HTML page"),
        (
            b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C' 'x'><html xmlns='y'><body/></html>",
            "an HTML page",
        ),
        (b"<opml version='2.0'><body/></opml>", "its first element is <opml>"),
        (b"<?xml version='1.0'?><urlset/>", "its first element is <urlset>"),
        (b"Too many requests", "text, 'Too many requests'"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "not a feed"),
        (b"%PDF-1.7 <<a>>", "not a feed"),
        (b'{"error": "no key"}', "JSON, but no JSON Feed"),
        (b"[1, 2]", "JSON, but no JSON Feed"),
        (b'{"items": [{"title": "cut o', "broken JSON"),
        (b'{"items":' + b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_feed_is_named(read, body, words):
    with pytest.raises(ParseError, match=words) as caught:
        read(body)
    assert caught.value.url == "https://gazette.example/feed.xml"


def test_a_file_name_as_body_is_not_opened(read):
    with pytest.raises(ParseError, match="not a feed"):
        read(b"/etc/passwd")


def test_limits_are_the_callers(read, rss, entry):
    parsed = read(rss(*(entry(n) for n in range(5))), limits=ParseLimits(max_items=2))
    assert [item.title for item in parsed.items] == ["Story 0", "Story 1"]
    assert parsed.fault == "5 entries, the newest 2 taken"
