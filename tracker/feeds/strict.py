"""The fast way through a feed that is written as it should be: RSS 2.0 and Atom 1.0, one pass of expat.

It gives what the tolerant way (`markup.cut`, then feedparser) would give, or nothing: whatever it is not
sure of (an element it does not know, markup within a text, a second description, …) makes it return
`None`, and the tolerant way decides. So it has no opinions of its own; where a rule below looks odd, it is
feedparser's. `tests/feeds/test_strict.py` holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin
from xml.parsers import expat

from tracker.feeds.entries import Document, Entry, ParseLimits, plain

_ATOM = "http://www.w3.org/2005/atom"
# By namespace in lower case, the prefix that feedparser knows it under; "" is RSS and Atom themselves.
_KNOWN = {
    "": "", _ATOM: "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms",
    "http://search.yahoo.com/mrss/": "media", "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://purl.org/rss/1.0/modules/slash/": "slash", "http://wellformedweb.org/commentapi/": "wfw",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://www.georss.org/georss": "georss", "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://webns.net/mvcb/": "admin", "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
}  # fmt: skip
# Prefixes that feedparser takes for its own, whatever they are declared as.
_TAKEN = frozenset({
    *_KNOWN.values(), "ag", "annotate", "audio", "blogchannel", "cc", "creativecommons", "co", "cp", "email",
    "ev", "fm", "foaf", "gml", "icbm", "image", "l", "pingback", "prism", "rdf", "rdfs", "ref", "reqv",
    "search", "soap", "ss", "str", "sub", "szf", "taxo", "ti", "wiki", "xhtml", "xlink", "xml", "psc", "svg",
    "math", "xmlns", "thr", "title", "summary", "published", "updated", "created", "link", "id", "source",
    "language",
}) - {""}  # fmt: skip
# Elements of an entry that change nothing we keep, nor their children of the same list.
_IDLE = frozenset({
    "author", "category", "comments", "enclosure", "contributor", "rights", "copyright",
    "dc_creator", "dc_author", "dc_subject", "dc_rights", "dc_publisher", "dc_contributor", "dc_format",
    "dc_identifier", "dc_type", "dc_coverage", "dc_relation",
    "media_content", "media_thumbnail", "media_credit", "media_group", "media_keywords", "media_category",
    "media_copyright", "media_rating", "media_text", "media_hash", "media_player", "media_community",
    "media_starrating", "media_statistics",
    "itunes_author", "itunes_duration", "itunes_explicit", "itunes_image", "itunes_keywords",
    "itunes_episode", "itunes_season", "itunes_episodetype", "itunes_block",
    "slash_comments", "slash_section", "slash_department", "slash_hit_parade",
    "wfw_commentrss", "wfw_comment", "georss_point", "georss_featurename",
    "geo_lat", "geo_long", "trackback_ping", "feedburner_awareness",
})  # fmt: skip
_OF_PEOPLE = frozenset({"name", "email", "uri", "url"})
_PEOPLE = frozenset({"author", "contributor"})
_DATES = {
    "pubdate": "published", "published": "published", "issued": "published", "dcterms_issued": "published",
    "updated": "updated", "modified": "updated", "dc_date": "updated", "dcterms_modified": "updated",
    "created": "created", "dcterms_created": "created",
}  # fmt: skip
_TEXTS = frozenset({
    "title", "link", "description", "dc_description", "summary", "content", "content_encoded", "guid", "id",
    "source", "dc_language", "feedburner_origlink", *_DATES,
})  # fmt: skip
_RSS_ATTRIBUTE = {"guid": "isPermaLink", "source": "url"}
_ATOM_ATTRIBUTE = {"title": "type", "summary": "type", "content": "type"}
_HTML_TYPES = {"html": "text/html", "text/html": "text/html", "xhtml": "", "application/xhtml+xml": ""}
_ATOM_TYPES = {"": "text/plain", "text": "text/plain", "text/plain": "text/plain"} | _HTML_TYPES
_LINK_TYPES = frozenset({"text/html", "html", "xhtml", "application/xhtml+xml"})
_SCOPE = re.compile(r"(?:^|\s)(?:base|lang)$", re.IGNORECASE)
_LANG = "http://www.w3.org/XML/1998/namespace lang"
_OPENING = re.compile(r"(?:<\?xml[^>]*\?>)?\s*(?:<\?xml-stylesheet[^>]*\?>\s*)*(?=<(?:rss|feed)[\s>])")
# Characters that feedparser takes for another encoding's, and mends.
_SUSPECT = re.compile("[\x80-\x9f]|[\xc2-\xf4][\x80-\xbf]")
# `markup` shortens what is short by nature, and is longer than this.
_BRIEF_BYTES = 300
_LONG_HEAD_TEXT = re.compile(
    rb"<(?:[\w.-]+:)?(?:ttl|updateperiod|updatefrequency)[^>]*>[^<]{200}", re.IGNORECASE
)
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_AMPERSAND = re.compile(r"&([A-Za-z0-9_]+);")
_MOST_DEPTH, _MOST_ATTRIBUTES, _MOST_ATTRIBUTE_CHARS, _MOST_ITEM_BYTES = 20, 40, 4000, 1_000_000


class _Unsure(Exception):
    """The tolerant way decides."""


def read(
    text: str, *, url: str, limits: ParseLimits, read_head: Callable[[str], Document]
) -> Document | None:
    """What the feed says, as the tolerant way would say it; `None` when that is not certain.

    read_head  reads the feed without its entries, for its own title, link, language and ttl
    """
    text = text.lstrip()
    opening = _OPENING.match(text)
    if opening is None:
        return None
    document = text[opening.end() :].encode("utf-8", "surrogatepass")
    scan = _Scan(document, _safe_base(url), limits)
    try:
        scan.run()
        head = scan.head()
    except (_Unsure, expat.ExpatError):
        return None
    found = read_head(head)
    if found.faults:
        return None
    return Document(
        title=found.title,
        link=found.link,
        lang=found.lang,
        ttl_s=found.ttl_s,
        entries=tuple(scan.entries),
        faults=(),
    )


class _Scan:
    """One pass: the entries, and where each stood."""

    def __init__(self, document: bytes, base: str, limits: ParseLimits) -> None:
        self.document, self.base, self.limits = document, base, limits
        self.entries: list[Entry] = []
        self.spans: list[tuple[int, int]] = []
        self.atom = False
        self.stack: list[str] = []
        self.langs: list[str | None] = []
        self.prefixes: dict[str, str] = {}
        self.entry: dict[str, Any] | None = None
        self.start_at = self.text_at = 0
        self.text: list[str] | None = None
        self.attributes: dict[str, str] = {}
        self.elements = 0
        self.tags: dict[str, str] = {}
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        self.parser.StartNamespaceDeclHandler = self.declare
        self.parser.StartDoctypeDeclHandler = self.unsure
        self.parser.CommentHandler = self.comment

    def run(self) -> None:
        self.parser.Parse(self.document, True)

    def head(self) -> str:
        """The feed without its entries."""
        kept, at = [], 0
        for start, end in self.spans:
            kept.append(self.document[at:start])
            at = end
        kept.append(self.document[at:])
        head = b"".join(kept)
        if _LONG_HEAD_TEXT.search(head):
            raise _Unsure
        return head.decode("utf-8", "surrogatepass")

    def unsure(self, *_: object) -> None:
        raise _Unsure

    def comment(self, text: str) -> None:
        if self.text is not None or "<!" in text or "</" in text or "<i" in text or "<e" in text:
            raise _Unsure

    def declare(self, prefix: str | None, uri: str | None) -> None:
        lowered = (uri or "").lower()
        if self.stack or not lowered.isascii():
            raise _Unsure
        if prefix is None and lowered not in ("", _ATOM):
            raise _Unsure
        taken = (prefix or "").lower()
        if taken in _TAKEN and _KNOWN.get(lowered) != taken:
            raise _Unsure
        if lowered not in _KNOWN and self.prefixes.setdefault(lowered, prefix or "") != prefix:
            raise _Unsure

    def tag(self, name: str) -> str:
        """feedparser's name of an element: `media_content`; "+" before one of a namespace that it does not
        know."""
        found = self.tags.get(name)
        if found is None:
            uri, _, local = name.rpartition(" ")
            local = local.lower()
            prefix = _KNOWN.get(uri.lower())
            if not local.isascii() or (local in ("svg", "math", "item", "entry") and prefix != ""):
                raise _Unsure
            found = f"+{local}" if prefix is None else f"{prefix}_{local}" if prefix else local
            self.tags[name] = found
        return found

    # -- elements

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self.tag(name)
        depth = len(self.stack)
        self.elements += 1
        lang = self.langs[-1] if self.langs else None
        if attributes:
            self.check(attributes)
            if _LANG in attributes:
                lang = attributes[_LANG] or None
        if self.text is not None:
            raise _Unsure  # markup within a text
        if self.entry is None:
            self.outside(tag, depth, attributes)
        elif depth == self.entry_depth:
            self.child(tag, attributes)
        elif tag[0] != "+" and tag not in _IDLE and not (self.stack[-1] in _PEOPLE and tag in _OF_PEOPLE):
            raise _Unsure
        self.stack.append(tag)
        self.langs.append(lang)
        if depth > _MOST_DEPTH or self.elements > self.limits.max_tags // 2:
            raise _Unsure

    def check(self, attributes: dict[str, str]) -> None:
        if len(attributes) > _MOST_ATTRIBUTES:
            raise _Unsure
        for key, value in attributes.items():
            local = key.rpartition(" ")[2].lower()
            if (local in ("base", "lang") and key != _LANG) or len(value) > _MOST_ATTRIBUTE_CHARS:
                raise _Unsure

    @property
    def entry_depth(self) -> int:
        return 2 if self.atom else 3

    def outside(self, tag: str, depth: int, attributes: dict[str, str]) -> None:
        if depth == 0:
            if tag not in ("rss", "feed") or any(_SCOPE.search(key) and key != _LANG for key in attributes):
                raise _Unsure
            self.atom = tag == "feed"
            if self.atom and not self.parser_is_atom():
                raise _Unsure
        elif depth == 1 and not self.atom and (tag != "channel" or self.elements != 2 or attributes):
            raise _Unsure
        elif tag in ("item", "entry"):
            if tag != ("entry" if self.atom else "item") or depth != self.entry_depth - 1 or attributes:
                raise _Unsure
            self.entry = {"contents": []}
            self.start_at = self.parser.CurrentByteIndex
            if len(self.entries) >= self.limits.max_items:
                raise _Unsure

    def parser_is_atom(self) -> bool:
        """Whether the root stands in Atom's own namespace (feedparser's `version` is atom10 then)."""
        return any(name.lower() == f"{_ATOM} feed" for name in self.tags)

    def child(self, tag: str, attributes: dict[str, str]) -> None:
        """An element directly in an entry."""
        entry = self.entry
        assert entry is not None
        if tag in _TEXTS:
            if tag == "link" and attributes:
                self.linked(attributes)
                self.text, self.attributes, self.text_at = [], {"href": ""}, self.parser.CurrentByteIndex
                return
            if (tag in ("summary", "content") and not self.atom) or (tag == "source" and self.atom):
                raise _Unsure
            allowed = {"title": "type", "summary": "type", "content": "type", "guid": "isPermaLink"}.get(tag)
            if tag == "source":
                allowed = "url"
            if (tag == "guid" and self.atom) or (allowed == "type" and not self.atom):
                allowed = None
            if any(key not in (allowed, _LANG) for key in attributes):
                raise _Unsure
            self.text, self.attributes, self.text_at = [], attributes, self.parser.CurrentByteIndex
        elif tag[0] != "+" and tag not in _IDLE:
            raise _Unsure

    def linked(self, attributes: dict[str, str]) -> None:
        """A link by attributes, as Atom has it."""
        entry = self.entry
        assert entry is not None
        lowered = {key.lower(): value for key, value in attributes.items()}
        if any(" " in key and key != _LANG for key in attributes) or "url" in lowered or "uri" in lowered:
            raise _Unsure
        if "href" not in lowered or "base" in lowered or "lang" in lowered:
            raise _Unsure
        rel = lowered.get("rel", "alternate").lower()
        kind = lowered.get("type", "application/atom+xml" if rel == "self" else "text/html").lower()
        if rel == "alternate" and kind in _LINK_TYPES and lowered["href"]:
            entry["link"] = _join(self.base, lowered["href"])
        elif not lowered["href"]:
            raise _Unsure

    def words(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, name: str) -> None:
        tag = self.stack.pop()
        if self.entry is not None:
            if self.text is not None:
                text, self.text = "".join(self.text), None
                self.take(tag, self.sure(text.strip()), self.attributes, self.langs[-1])
            elif len(self.stack) == self.entry_depth - 1:
                self.finish()
        self.langs.pop()

    def sure(self, text: str) -> str:
        if not text.isascii() and _SUSPECT.search(text):
            raise _Unsure
        if "</item>" in text or "</entry>" in text or "<![CDATA[" in text:
            raise _Unsure
        return text

    # -- what an entry's elements mean

    def take(self, tag: str, text: str, attributes: dict[str, str], lang: str | None) -> None:
        entry = self.entry
        assert entry is not None
        if tag == "link":
            if "href" in attributes:
                if text:
                    raise _Unsure
            else:
                output = _join(self.base, text) if text else text
                entry["link"] = _AMPERSAND.sub(r"&\1", output.replace("&amp;", "&"))
        elif tag == "title":
            if not entry.get("title"):
                entry["title"] = self.typed(text, attributes)
                entry["title_lang"] = lang
        elif tag in ("description", "dc_description", "summary"):
            if "summary" in entry:
                raise _Unsure
            entry["summary"] = self.typed(text, attributes) if tag == "summary" else text
            entry["summary_lang"] = lang
        elif tag in ("content", "content_encoded"):
            if tag == "content" and entry["contents"]:
                raise _Unsure
            found = self.typed(text, attributes) if tag == "content" else text
            entry["contents"].append((found, text, lang))
        elif tag in ("guid", "id"):
            permanent = attributes.get("isPermaLink", "true") == "true"
            output = _join(self.base, text) if text and permanent else text
            entry["id"] = output
            if permanent:
                entry.setdefault("link", output)
        elif tag == "source":
            entry["source"] = text
            # A title after it counts again.
            if "title" in entry:
                entry["title_before"] = True
        elif tag == "dc_language":
            entry["lang"] = text
        elif tag == "feedburner_origlink":
            entry["origlink"] = text
        else:
            if self.parser.CurrentByteIndex - self.text_at >= _BRIEF_BYTES or not text.isascii():
                raise _Unsure
            entry[_DATES[tag]] = text
        if tag == "title" and entry.get("title_before"):
            raise _Unsure

    def typed(self, text: str, attributes: dict[str, str]) -> str:
        """The text as HTML source, by the type that Atom gives it."""
        if not self.atom:
            return text
        kind = _ATOM_TYPES.get(attributes.get("type", "").lower(), "")
        if not kind:
            raise _Unsure
        return plain(text) if kind == "text/plain" else text

    def finish(self) -> None:
        entry, self.entry = self.entry, None
        assert entry is not None
        index = self.parser.CurrentByteIndex
        end_at = self.document.index(b">", index) + 1
        if end_at - self.start_at > min(_MOST_ITEM_BYTES, self.limits.max_item_chars):
            raise _Unsure
        self.spans.append((self.start_at, end_at))
        contents = entry["contents"]
        body = max((found for found, _, _ in contents), key=len, default="")
        summary = entry["summary"] if "summary" in entry else contents[0][1] if contents else ""
        langs = [*(lang for _, _, lang in contents), entry.get("title_lang"), entry.get("summary_lang")]
        lang = next((found for found in langs if found), "")
        self.entries.append(
            Entry(
                title=entry.get("title", ""),
                summary="" if body == summary else summary,
                body=body,
                url=entry.get("origlink") or entry.get("link", "").strip(),
                guid=entry.get("id", "").strip(),
                published=entry.get("published") or entry.get("created", ""),
                updated=entry.get("updated", ""),
                lang=entry.get("lang") or lang.replace("_", "-"),
                source=entry.get("source", ""),
            )
        )


def _join(base: str, uri: str) -> str:
    try:
        return urljoin(base, _SLASHES.sub(r"\1\3", uri))
    except ValueError:
        return ""


def _safe_base(url: str) -> str:
    joined = _join(url, url)
    return joined if joined.startswith(("http:", "https:", "file:")) else url
