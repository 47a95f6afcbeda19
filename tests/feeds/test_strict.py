# ruff: noqa: E501 (feeds read best uncut)
"""The fast way through a feed against the tolerant one: the same, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from feedparser.mixin import _FeedParserMixin
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tracker.feeds import strict, syndication
from tracker.feeds.charsets import decode
from tracker.feeds.entries import Document, ParseLimits
from tracker.feeds.parse import tolerant

URL = "https://gazette.example/news/feed.xml"
LIMITS = ParseLimits()
ATOM = "http://www.w3.org/2005/Atom"
SEEDS = Path(__file__).parents[2] / "seeds"
ROOT = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:own="https://gazette.example/ns">'
)
HEAD = (
    "<title>The Gazette</title><link>https://gazette.example/</link><ttl>15</ttl><language>fr-FR</language>"
)


def fast(text: str, url: str = URL, limits: ParseLimits = LIMITS) -> Document | None:
    return strict.read(
        text, url=url, limits=limits, read_head=lambda head: syndication.read_head(head, url=url)
    )


def rss(*items: str, root: str = ROOT, head: str = HEAD) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{root}<channel>{head}{inner}</channel></rss>"


def atom(*entries: str, root: str = '<feed xmlns="http://www.w3.org/2005/Atom">') -> str:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"<?xml version='1.0'?>{root}<title>The Gazette</title><link href='https://g.example/'/>{inner}</feed>"


def same(text: str, *, url: str = URL) -> bool:
    """Whether the fast way took it; what it says is then what the tolerant way says."""
    found = fast(text, url)
    if found is not None:
        assert found == tolerant(text, url, LIMITS)
    return found is not None


# --- Feeds as outlets send them go the fast way


WORDPRESS = (
    "<title>Hungary &#8211; a &amp; b</title><link>https://gazette.example/a/?x=1&amp;y=2</link>"
    "<comments>https://gazette.example/a/#comments</comments><dc:creator><![CDATA[Jane Roe]]></dc:creator>"
    "<pubDate>Thu, 22 Feb 2024 13:13:00 +0000</pubDate><category><![CDATA[World]]></category>"
    '<guid isPermaLink="false">https://gazette.example/?p=12</guid>'
    "<description><![CDATA[<p>First &#8230;</p>]]></description>"
    "<content:encoded><![CDATA[<p>First, and <b>more</b> & more.</p>]]></content:encoded>"
    "<wfw:commentRss>https://gazette.example/a/feed/</wfw:commentRss><slash:comments>0</slash:comments>"
    '<media:content url="https://g.example/1.jpg" medium="image"><media:credit>AP</media:credit></media:content>'
    '<media:thumbnail url="https://g.example/2.jpg"/><own:note kind="x">n</own:note><own:flag>1</own:flag>'
)
PLAIN = (
    "\n  <title>Plain</title>\n <link>https://gazette.example/b</link>\n <guid>https://gazette.example/b</guid>"
    "<pubDate>\n Thu, 22 Feb 2024 13:13:00 GMT\n</pubDate><description>Words &lt;p&gt;and&lt;/p&gt;</description>"
    '<enclosure url="https://g.example/x.mp3" length="1" type="audio/mpeg"/><author>x@example.org (X)</author>'
    '<source url="https://wire.example/rss">The Wire</source><dc:date>2024-02-22T13:13:00Z</dc:date>'
)
ENTRY = (
    "<id>tag:g.example,2024:1</id><title>A &amp;lt;b> title</title><updated>2024-02-22T13:13:00Z</updated>"
    '<link href="/a"/><link rel="self" href="/self"/><link rel="replies" type="text/html" href="/r"/>'
    '<summary type="html">&lt;p>Short&lt;/p></summary><content type="html">&lt;p>Long one&lt;/p></content>'
    "<author><name>Jane</name><uri>https://j.example</uri></author><category term='x'/>"
    "<published>2024-02-21T13:13:00Z</published>"
)
SHAPES = [
    rss(WORDPRESS, PLAIN),
    rss(PLAIN, root='<rss version="0.91">', head="<title>x</title>").replace("dc:date", "pubDate"),
    rss("<title>Only a title</title>"),
    rss(),
    rss("", "<description/>", "<title></title><title>Second</title>"),
    rss("<guid>relative</guid><title>x</title>", "<guid isPermaLink='false'>a</guid><link>?q=1</link>"),
    rss("<title>l</title><atom:link href='https://g.example/l' rel='alternate'/>"),
    rss("<title xml:lang='de_AT'>t</title><description>x</description>", "<dc:language>nl</dc:language><title>t</title>"),
    rss("<content:encoded>One</content:encoded><content:encoded>The longer</content:encoded><title>c</title>"),
    rss("<content:encoded>Same</content:encoded><description>Same</description>"),
    rss("<content:encoded>Body</content:encoded><description></description>"),
    atom(ENTRY),
    atom("<title>t</title><content>a &lt; b &amp;amp; c</content>", "<title type='html'>&lt;i>t&lt;/i></title>"),
    atom("<title>t</title><summary>s</summary><id>urn:x:1</id>", "<id>/relative</id>"),
    atom(ENTRY, root='<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="pt_BR">'),
    "\n\n" + rss(PLAIN).replace("<?xml version='1.0' encoding='utf-8'?>", ""),
    rss(PLAIN).replace("\n<rss", "\n<?xml-stylesheet href='x.xsl' type='text/xsl'?>\n<rss"),
    rss(PLAIN) + "\n<!-- made in 0.1 s -->\n",
]  # fmt: skip


@pytest.mark.parametrize("text", SHAPES)
def test_a_feed_as_outlets_send_it_goes_the_fast_way_and_says_the_same(text: str) -> None:
    assert same(text)


@pytest.mark.parametrize("url", ["http://gazette.example", "seeds/feed.xml", "file:///srv/feed.xml", ""])
def test_relative_links_are_resolved_as_the_tolerant_way_does(url: str) -> None:
    items = ("<link>../a</link>", "<link>?b</link>", "<guid>c</guid>", "<link>http:////d.example//e</link>")
    assert same(rss(*items), url=url)
    assert same(atom("<link href='//x.example/a'/>", "<link href='b'/>"), url=url)


def test_every_seed_feed_says_the_same_both_ways() -> None:
    paths = sorted(SEEDS.rglob("*.xml"))
    taken = [same(decode(path.read_bytes())[0]) for path in paths]
    assert len(taken) > 5 and sum(taken) > len(taken) // 2


# --- What it must leave to the tolerant way


DOUBTFUL = {
    "markup in a title": rss("<title>a <b>b</b></title>"),
    "two descriptions": rss("<description>a</description><description>b</description>"),
    "media:description": rss("<title>a</title><media:description>b</media:description>"),
    "media:title": rss("<media:title>a</media:title>"),
    "xml:base": rss("<link>a</link>", root=ROOT.replace("<rss", '<rss xml:base="https://x.example/"')),
    "a namespace within": rss("<title xmlns:q='urn:q'>a</title>"),
    "a taken prefix": rss("<dc:title>a</dc:title>", root='<rss xmlns:dc="urn:mine">'),
    "a prefix swapped": rss("<m:creator>a</m:creator>", root=ROOT.replace("xmlns:media", "xmlns:x").replace("xmlns:dc=", "xmlns:media=")),
    "an unknown element": rss("<title>a</title><date>2024</date>"),
    "a doctype": rss(PLAIN).replace("\n<rss", "<!DOCTYPE rss><rss"),
    "an entity": rss("<title>a&nbsp;b</title>"),
    "a control character": rss("<title>a\x92b</title>"),
    "letters of another encoding": rss("<title>caf\u00c3\u00a9</title>"),
    "a date of another alphabet": rss("<pubDate>22 фев 2024</pubDate>"),
    "a long date": rss(f"<pubDate>{' ' * 300}Thu, 22 Feb 2024 13:13:00 GMT</pubDate>"),
    "an item in an item": rss("<title>a</title><item><title>b</title></item>"),
    "an item beside the channel": ROOT + "<channel><title>x</title></channel><item><title>a</title></item></rss>",
    "attributes of a channel": rss(PLAIN).replace("<channel>", "<channel href='https://x.example/'>"),
    "xhtml": atom('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></content>'),
    "a source in Atom": atom("<source><title>s</title></source><title>t</title>"),
    "two contents in Atom": atom("<content>a</content><content>b</content>"),
    "a feed of no namespace": atom(ENTRY, root="<feed>"),
    "RDF": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item/></rdf:RDF>',
    "a comment before": "<!-- <rss> -->" + rss(PLAIN),
    "cut off": rss(PLAIN)[:-20],
    "ill-formed": rss("<title>a & b</title>"),
}  # fmt: skip


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_doubtful_is_left_to_the_tolerant_way(text: str) -> None:
    assert fast(text) is None


def test_more_items_than_wanted_are_left_to_the_way_that_chooses_the_newest() -> None:
    limits = ParseLimits(max_items=3)
    assert fast(rss(*[PLAIN] * 3), limits=limits) is not None
    assert fast(rss(*[PLAIN] * 4), limits=limits) is None


def test_its_namespaces_are_feedparsers() -> None:
    theirs = {uri.lower(): prefix.lower() for uri, prefix in _FeedParserMixin.namespaces.items()}
    assert {uri: theirs.get(uri) for uri in strict._KNOWN} == strict._KNOWN
    assert {prefix for prefix in theirs.values() if prefix} <= strict._TAKEN | {"cc", "reqv"}


# --- Any feed at all


TEXT = st.text(st.sampled_from("ab <>&'\"\n\t;é£\u0160\u2013x1\x85"), max_size=12)
MARKED = st.sampled_from([
    "plain", "a &amp; b", "&lt;p>x&lt;/p>", "<![CDATA[<i>c</i> & d]]>", " padded ", "", "&#233;", "&#150;", "Ã©",
    "https://a.example/x?a=1&amp;b=2", "/rel", "2024-02-22T13:13:00Z", "Thu, 22 Feb 2024 13:13:00 GMT",
    "<b>bold</b>", "<!-- c -->", "a<!-- c -->b", "tag:x,2024:1", "http:///x.example", "&#x41;", "]]&gt;",
])  # fmt: skip
CONTENT = MARKED | TEXT.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("\x85", ""))
NAMES = st.sampled_from([
    "title", "link", "description", "guid", "pubDate", "author", "category", "source", "updated", "summary",
    "content", "id", "published", "dc:date", "dc:title", "dc:description", "dc:creator", "dc:language", "image",
    "content:encoded", "media:title", "media:content", "media:group", "media:description", "media:credit",
    "own:x", "own:title", "slash:comments", "atom:link", "atom:updated", "atom:title", "dcterms:modified",
    "created", "modified", "issued", "enclosure", "comments", "PubDate", "language", "date", "url", "item",
])  # fmt: skip
ATTRIBUTES = st.sampled_from([
    "", "", "", "", ' type="html"', ' type="text"', ' type="TEXT/HTML"', ' href="/h"', ' rel="alternate" href="h?a=b"',
    ' rel="self" href="x"', ' isPermaLink="false"', ' isPermaLink="true"', ' url="https://u.example/"',
    ' xml:lang="de"', ' lang="fr"', ' xml:base="https://b.example/"', ' own:href="z"', ' term="t"', ' xml:lang=""',
    ' rel="alternate" type="application/json" href="/j"', ' mode="base64"', ' src="https://s.example/"',
])  # fmt: skip


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, given, text: f"<{name}{given}>{text}</{name}>", NAMES, ATTRIBUTES, inner)


ELEMENT = element(CONTENT) | element(st.lists(element(CONTENT), max_size=2).map("".join))
ENTRIES = st.lists(st.lists(ELEMENT, max_size=6).map("".join), max_size=3)
# What is well-formed and common, in any order and number.
SOUND_TEXT = st.sampled_from([
    "plain", "a &amp; b", "&lt;p>x&lt;/p>", "<![CDATA[<i>c</i> & d]]>", " padded ", "", "&#233;", "é – š", "/rel",
    "https://a.example/x?a=1&amp;b=2", "2024-02-22T13:13:00Z", "tag:x,2024:1", "http:///x.example", "?q", "]]&gt;",
    "the same", "the same", "&amp;eacute; &amp;amp; &amp;b;", "<![CDATA[]]>", "à ", "&#xA0;x",
])  # fmt: skip
SOUND_ELEMENTS = st.one_of(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from([
        "title", "link", "description", "guid", "pubDate", "author", "category", "updated", "id", "published",
        "dc:date", "dc:creator", "dc:language", "content:encoded", "media:credit", "own:x", "own:title", "source",
        "slash:comments", "atom:updated", "dcterms:modified", "created", "modified", "issued", "comments", "PubDate",
        "media:group", "summary", "content", "dc:description", "media:thumbnail", "atom:title", "guid", "link",
    ]), SOUND_TEXT),
    st.builds("<{}>{}".format, st.sampled_from([
        "guid isPermaLink='false'", "guid isPermaLink='true'", "guid isPermaLink='False'",
    ]), SOUND_TEXT.map(lambda text: text + "</guid>")),
    st.sampled_from([
        "<media:content url='x' lang='de'><media:credit>c</media:credit></media:content>", "<enclosure url='/x'/>",
        "<atom:link href='/alternate'/>", "<link href='/b' rel='alternate'/>", "<link href='/c' rel='self'/>",
        "<link href='//d.example/é' type='TEXT/HTML'/>", "<own:y z='1'>w</own:y>", "<source url='s'>The S</source>",
        "<author><name>n</name><email>e</email></author>", "<category domain='x'>d</category>", "<title xml:lang='de_AT'>t</title>",
        "<media:thumbnail url='x'/>", "<!-- c -->", " text between ", "<title type='html'>&lt;b></title>",
        "<content type='html'>&lt;i></content>", "<summary type='text'>a &amp;lt; b</summary>", "<description xml:lang='nl'>d</description>",
    ]),
)  # fmt: skip
SOUND_ENTRIES = st.lists(st.lists(SOUND_ELEMENTS, max_size=5).map("".join), max_size=3)
PREFIXES = ROOT[len('<rss version="2.0"') : -1]
ROOTS = st.sampled_from([
    ROOT, ROOT.replace('"2.0"', '"0.92"'), ROOT.replace("<rss", '<rss xml:lang="en_GB"'), f"<rss{PREFIXES}>",
    ROOT.replace('xmlns:own="https://gazette.example/ns"', 'xmlns:own="http://purl.org/dc/elements/1.1/"'),
    ROOT.replace("<rss", '<rss xmlns="http://www.w3.org/2005/Atom"'),
])  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(entries=ENTRIES, root=ROOTS)
def test_any_rss_feed_says_the_same_both_ways_or_is_left_to_the_tolerant_one(entries, root) -> None:
    same(rss(*entries, root=root))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(entries=ENTRIES, lang=st.sampled_from(["", ' xml:lang="en_GB"']))
def test_any_atom_feed_says_the_same_both_ways_or_is_left_to_the_tolerant_one(entries, lang) -> None:
    same(atom(*entries, root=f'<feed xmlns="http://www.w3.org/2005/Atom"{lang}{PREFIXES}>'))


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(entries=SOUND_ENTRIES, root=ROOTS, as_atom=st.booleans())
def test_common_elements_in_any_order_say_the_same_both_ways(entries, root, as_atom) -> None:
    text = atom(*entries, root=f'<feed xmlns="{ATOM}"{PREFIXES}>') if as_atom else rss(*entries, root=root)
    assume(same(text))  # and enough of them are taken, or there is nothing to compare
