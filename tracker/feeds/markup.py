"""Feed markup, looked over before a parser gets it: bounded, mended, and cut into its entries.

One pass over the characters, in time that grows with their number alone. What comes out can be given
to a parser without fear: no entities but XML's own and numbers, no control characters, no element
too deep or too broad, and each entry on its own, so that one broken entry stops no other.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tracker.feeds.dates import moment
from tracker.feeds.entries import ItemFault, ParseLimits

_ROOT = re.compile(r"<(?P<name>(?:[\w.-]+:)?(?P<local>rss|feed|rdf|channel))(?=[\s>/])", re.IGNORECASE)
_FIRST = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]*)")
# Junk before the feed (a warning of the server's software, a banner) is looked past this far.
_LONGEST_JUNK = 262_144
_ASIDE = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s+", re.DOTALL | re.IGNORECASE)
# Everything that is not a Char of XML 1.0 (production 2).
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|(\w{1,32});)?")
_NAME = re.compile(r"/?([A-Za-z_][\w.:-]*)")
_ATTRIBUTE = re.compile(r"[\w.-]\s{0,20}=\s{0,20}[\"']")
_PREFIX = re.compile(r"\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_NAME_IN_TAG = re.compile(r"<[^\s>/]+")
_DATE = re.compile(
    r"<(?:[\w-]+:)?(?:pubDate|published|updated|date)[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{4,60})", re.I
)
# Elements that HTML leaves unclosed, when it stands unescaped in an entry.
_VOID = frozenset({"br", "img", "hr", "input", "wbr", "meta"})
# The prefixes in common use, for feeds that use them undeclared.
_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
}


class NotFeedMarkup(ValueError):  # noqa: N818 - the tree of errors names the noun
    """The text holds no feed; `root` is the first element's name, empty when there is none."""

    def __init__(self, root: str) -> None:
        self.root = root
        super().__init__(f"its first element is <{root}>" if root else "no markup")


class RefusedMarkup(ValueError):  # noqa: N818
    """A feed that no reader should be given; the message says what is too much of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A feed's text in parts.

    head      the document without its entries, closed
    opening, closing
              what stands around an entry: `opening + entry + closing` is a feed of one entry
    entries   each entry's own text, in order, or why it was left out
    faults    what had to be mended, each a phrase
    """

    head: str
    opening: str
    closing: str
    entries: tuple[str | ItemFault, ...]
    faults: tuple[str, ...]


def cut(text: str, limits: ParseLimits, *, where: str) -> Markup:
    """The feed's text in parts; `where` names the feed in item faults.

    Raises NotFeedMarkup or RefusedMarkup.
    """
    text, removed = _CONTROL.subn("", text)
    root = _ROOT.search(text, 0, _LONGEST_JUNK)
    first = _FIRST.search(text, 0, _LONGEST_JUNK)
    page = re.search(r"<(?:!doctype\s+html|html|head|body)\b", text[:_LONGEST_JUNK], re.IGNORECASE)
    if root is None or (page is not None and page.start() < root.start()):
        raise NotFeedMarkup("html" if page else first["name"] if first else "")
    scan = _Scan(text, root.start(), limits, where)
    before = text[: root.start()]
    if "<!ENTITY" in before.upper():
        scan.fault("entity declarations, ignored")
    if _ASIDE.sub("", before[:20_000]):
        scan.fault("junk before the feed")
    if removed:
        scan.fault(f"{removed} control characters, left out")
    scan.run()
    return scan.markup()


@dataclass(slots=True)
class _Open:
    name: str
    tag: str


@dataclass(slots=True)
class _Scan:
    text: str
    at: int
    limits: ParseLimits
    where: str
    faults: dict[str, None] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)
    entries: list[str | ItemFault] = field(default_factory=list)
    outer: list[_Open] = field(default_factory=list)
    around: list[_Open] = field(default_factory=list)
    prefixes: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    item: list[str] | None = None
    item_name: str = ""
    nested: int = 0
    item_problem: str = ""
    depth: int = 0
    tags: int = 0
    ampersands: int = 0
    ended: bool = False

    def fault(self, phrase: str) -> None:
        self.faults.setdefault(phrase)

    def run(self) -> None:
        text = self.text
        while not self.ended:
            opening = text.find("<", self.at)
            if opening < 0:
                self.words(text[self.at :])
                self.at = len(text)
                break
            if opening > self.at:
                self.words(text[self.at : opening])
            self.at = opening
            if text.startswith("<![CDATA[", opening):
                self.aside("]]>", keep=True)
            elif text.startswith("<!--", opening):
                self.aside("-->", keep=False)
            elif text.startswith("<?", opening):
                self.aside("?>", keep=False)
            else:
                self.tag()
        self.finish()

    def aside(self, end: str, *, keep: bool) -> None:
        stop = self.text.find(end, self.at)
        if stop < 0:
            self.at = len(self.text)
            self.ended = True  # the document stops within it
            return
        if keep:
            self.put(self.text[self.at : stop + len(end)])
        self.at = stop + len(end)

    def tag(self) -> None:
        text, start = self.text, self.at
        if text.startswith("<!", start):
            stop = text.find(">", start, start + self.limits.max_tag_chars)
            self.at = stop + 1 if stop >= 0 else start + 2
            return
        name = _NAME.match(text, start + 1, start + 1 + 200)
        if name is None:
            # "a < b" is no tag: its "<" was not escaped.
            self.fault("a bare <")
            self.put("&lt;")
            self.at = start + 1
            return
        end = self.tag_end(start)
        if end < 0:
            if len(text) - start > self.limits.max_tag_chars:
                self.refuse(f"an element of more than {self.limits.max_tag_chars} characters")
                self.at = start + self.limits.max_tag_chars
            else:
                self.at = len(text)  # the document stops within a tag
                self.ended = True
            return
        raw = text[start : end + 1]
        self.at = end + 1
        self.tags += 1
        if self.tags > self.limits.max_tags:
            raise RefusedMarkup(f"more than {self.limits.max_tags} elements")
        if raw.count("=") > self.limits.max_attributes < len(_ATTRIBUTE.findall(raw)):
            self.refuse(f"an element with more than {self.limits.max_attributes} attributes")
            raw = f"<{name[1]}/>" if raw.endswith("/>") else f"<{name[1]}>"
        if ":" in raw:
            if ":" in name[1]:
                self.prefixes.add(name[1].partition(":")[0])
            self.prefixes.update(_PREFIX.findall(raw))
            self.declared.update(_DECLARED.findall(raw))
        if "&" in raw:
            raw = self.mended(raw)
        if text[start + 1] == "/":
            self.close(name[1], raw)
        else:
            self.open(name[1], raw, closed=raw.endswith("/>"))

    def tag_end(self, start: int) -> int:
        limit = start + self.limits.max_tag_chars
        end = self.text.find(">", start, limit)
        # ">" may stand in a quoted value: then a quote is open where it stands. Looked at a few times
        # only; a quote that nobody closes must not make the scan start over and over.
        for _ in range(20):
            if end < 0 or not _in_quotes(self.text, start, end):
                break
            following = self.text.find(">", end + 1, limit)
            if following < 0 or "<" in self.text[end:following]:
                break
            end = following
        return end

    def open(self, name: str, raw: str, *, closed: bool) -> None:
        local = name.rpartition(":")[2].lower()
        if local in ("item", "entry") and self.outer:
            if self.item is not None and self.depth == 1:
                self.end_unfinished()
            if self.item is None:
                self.begin_item(name)
            elif name.lower() == self.item_name.lower() and not closed:
                self.nested += 1
        if self.item is None:
            self.head.append(raw)
            if not closed:
                self.outer.append(_Open(name, raw))
                if len(self.outer) > self.limits.max_depth:
                    raise RefusedMarkup(f"elements more than {self.limits.max_depth} deep")
            return
        self.item.append(raw)
        if not closed and local not in _VOID:
            self.depth += 1
            if self.depth > self.limits.max_depth:
                self.refuse(f"elements more than {self.limits.max_depth} deep")
        elif self.depth == 0:
            self.end_item()

    def close(self, name: str, raw: str) -> None:
        lowered = name.lower()
        if self.item is not None:
            outer = any(lowered == element.name.lower() for element in self.outer)
            if lowered == self.item_name.lower() and self.nested:
                self.nested -= 1
            elif lowered == self.item_name.lower():
                # Whatever was left open within it ends with the entry.
                self.item.append(raw)
                self.end_item()
                return
            elif outer and self.depth == 1:
                self.end_unfinished()
            if self.item is not None:
                self.item.append(raw)
                self.depth = max(self.depth - 1, 1)
                return
        for index in range(len(self.outer) - 1, -1, -1):
            if self.outer[index].name.lower() == lowered:
                for element in reversed(self.outer[index:]):
                    self.head.append(f"</{element.name}>")
                del self.outer[index:]
                self.ended = not self.outer
                return
        self.fault(f"</{name[:40]}> without its start")

    def begin_item(self, name: str) -> None:
        if not self.entries:
            self.around = list(self.outer)
        self.item, self.item_name, self.item_problem = [], name, ""
        self.depth = self.nested = 0

    def end_unfinished(self) -> None:
        assert self.item is not None
        self.fault("an entry without its end")
        self.item.append(f"</{self.item_name}>")
        self.end_item()

    def words(self, words: str) -> None:
        if "&" in words:
            words = self.mended(words)
        self.put(words.replace("]]>", "]]&gt;"))

    def put(self, piece: str) -> None:
        (self.head if self.item is None else self.item).append(piece)

    def refuse(self, problem: str) -> None:
        """Leave the entry at hand out; outside an entry nothing can be taken."""
        if self.item is None:
            raise RefusedMarkup(problem)
        self.item_problem = self.item_problem or problem

    def end_item(self) -> None:
        assert self.item is not None
        source, self.item, self.depth = "".join(self.item), None, 0
        if not self.item_problem and len(source) > self.limits.max_item_chars:
            self.item_problem = f"longer than {self.limits.max_item_chars} characters"
        if self.item_problem:
            where = f"{self.where}: item {len(self.entries) + 1}"
            self.entries.append(ItemFault(where=where, problem=self.item_problem))
        else:
            self.entries.append(source)

    def finish(self) -> None:
        if self.outer:
            if self.item is not None:
                self.item, self.depth = None, 0
                self.fault("cut off within an entry, which is left out until it is whole")
            else:
                self.fault("cut off at its end")
            for element in reversed(self.outer):
                self.head.append(f"</{element.name}>")
        elif _ASIDE.sub("", self.text[self.at : self.at + 20_000]):
            self.fault("junk after the feed")
        if self.ampersands:
            self.fault(f"{self.ampersands} bare ampersands or unknown entities")
        surplus = len(self.entries) - self.limits.max_items
        if surplus > 0:
            self.fault(f"{len(self.entries)} entries, the newest {self.limits.max_items} taken")
            keep_last = _date_of(self.entries[-1]) > _date_of(self.entries[0])
            self.entries = self.entries[surplus:] if keep_last else self.entries[:-surplus]

    def mended(self, words: str) -> str:
        return _AMPERSAND.sub(self.entity, words)

    def entity(self, found: re.Match[str]) -> str:
        number = int(found[1]) if found[1] else int(found[2], 16) if found[2] else None
        if number is not None:
            if number > 0x10FFFF or _CONTROL.match(chr(number)):
                return ""
            return found[0]
        name = found[3]
        if name in ("amp", "lt", "gt", "quot", "apos"):
            return found[0]
        meant = html.entities.html5.get(f"{name};") if name else None
        if meant is not None:
            return "".join(f"&#{ord(character)};" for character in meant)
        self.ampersands += 1
        return f"&amp;{found[0][1:]}"

    def markup(self) -> Markup:
        around = self.around
        missing = sorted(self.prefixes - self.declared - {"xml", "xmlns"})
        if missing:
            self.fault(f"undeclared prefix {missing[0]!r}")
        extra = "".join(f' xmlns:{prefix}="{_namespace(prefix)}"' for prefix in missing[:100])
        head = "".join(self.head)
        opening = "".join(element.tag for element in around)
        if extra:
            head = _NAME_IN_TAG.sub(lambda found: found[0] + extra, head, count=1)
            opening = _NAME_IN_TAG.sub(lambda found: found[0] + extra, opening, count=1)
        return Markup(
            head=head,
            opening=opening,
            closing="".join(f"</{element.name}>" for element in reversed(around)),
            entries=tuple(self.entries),
            faults=tuple(self.faults),
        )


def _in_quotes(text: str, start: int, end: int) -> bool:
    segment = text[start:end]
    if '"' in segment:
        return segment.count('"') % 2 == 1
    return segment.count("'") % 2 == 1


def _namespace(prefix: str) -> str:
    return _NAMESPACES.get(prefix.lower(), f"urn:undeclared:{prefix}")


def _date_of(entry: str | ItemFault) -> datetime:
    found = _DATE.search(entry) if isinstance(entry, str) else None
    return (moment(found[1]) if found else None) or datetime.min.replace(tzinfo=UTC)
