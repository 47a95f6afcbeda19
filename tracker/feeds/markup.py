"""Feed markup, looked over before a parser gets it: bounded, mended, and cut into its entries.

One pass over the characters, in time that grows with their number alone. What comes out can be given
to a parser without fear: no entities but XML's own and numbers, no control characters, no element
too deep or too broad, and each entry on its own, so that one broken entry stops no other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tracker.feeds.dates import moment
from tracker.feeds.entries import ItemFault, ParseLimits
from tracker.feeds.mending import CONTROL, mend_references, namespace, shorten

_ROOT = re.compile(r"<(?P<name>(?:[\w.-]+:)?(?P<local>rss|feed|rdf|channel))(?=[\s>/])", re.IGNORECASE)
_FIRST = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]*)")
_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# Junk before the feed (a warning of the server's software, a banner) is looked past this far, and
# this much of it is looked at.
_LONGEST_JUNK = 262_144
_JUNK_READ = 4_000
_ASIDE = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s+", re.DOTALL | re.IGNORECASE)
# A tag, to its end. XML allows no "<" in an attribute's value; without one every attempt ends at the
# next "<", so that a document of nothing but broken tags takes no longer than another.
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_DECLARATION = re.compile(r"<!(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_ATTRIBUTE = re.compile(r"[\w.-]\s{0,20}=\s{0,20}[\"']")
_PREFIX = re.compile(r"\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_NAME_IN_TAG = re.compile(r"<[^\s>/]+")
_DATE = re.compile(
    r"<(?:[\w-]+:)?(?:pubDate|published|updated|date)[^<>]*>\s*(?:<!\[CDATA\[)?([^<\]]{4,60})", re.IGNORECASE
)
# Elements that HTML leaves unclosed, when it stands unescaped in an entry.
_VOID = frozenset({"br", "img", "hr", "input", "wbr", "meta"})
# Elements whose text is short by nature, and that feedparser searches with patterns which take for
# ever on long ones; with what authors consist of.
_BRIEF_CHARS = 300
_BRIEF = frozenset({
    "author", "creator", "contributor", "publisher", "owner", "managingeditor", "webmaster",
    "pubdate", "published", "updated", "date", "modified", "issued", "created", "expired",
    "expirationdate", "lastbuilddate", "duration", "ttl", "updateperiod", "updatefrequency",
})  # fmt: skip
_BRIEF_PARTS = frozenset({"name", "email", "uri", "url"})
# The elements around an entry are read again with each entry.
_LONGEST_OPENING = 20_000
_MOST_REFERENCES = 500_000


class NotFeedMarkup(ValueError):
    """The text holds no feed; `root` is the first element's name, empty when there is none."""

    def __init__(self, root: str) -> None:
        self.root = root
        super().__init__(f"its first element is <{root}>" if root else "no markup")


class RefusedMarkup(ValueError):
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
    text, removed = CONTROL.subn("", text.lstrip())
    root = _ROOT.search(text, 0, _LONGEST_JUNK)
    first = _FIRST.search(text, 0, _LONGEST_JUNK)
    page = _PAGE.search(text, 0, _LONGEST_JUNK)
    if root is None or (page is not None and page.start() < root.start()):
        name = "html" if page else first["name"] if first else ""
        raise NotFeedMarkup("html" if name.lower() in ("head", "body") else name)
    scan = _Scan(text, root.start(), limits, where)
    before = text[: root.start()]
    if "<!ENTITY" in before.upper():
        scan.fault("entity declarations, ignored")
    if _ASIDE.sub("", before[:_JUNK_READ]):
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
    """Where the pass over the text stands.

    outer    the elements open around the entries
    around   those that were, when the first entry began
    item     the pieces of the entry at hand; `None` outside one
    depth    of elements in that entry, itself included; nested: entries within it
    stops    where the ends of sections and comments stand next; -1: nowhere
    brief    characters still taken of an element that is short by nature; `None` elsewhere
    """

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
    item_problem: str = ""
    depth: int = 0
    nested: int = 0
    brief: int | None = None
    stops: dict[str, int] = field(default_factory=dict)
    steps: int = 0
    references: int = 0
    unknown_references: int = 0
    ended: bool = False

    def fault(self, phrase: str) -> None:
        self.faults.setdefault(phrase)

    def run(self) -> None:
        text = self.text
        while not self.ended:
            start = text.find("<", self.at)
            if start != self.at:
                self.words(text[self.at : start] if start >= 0 else text[self.at :])
            if start < 0:
                self.at = len(text)
                break
            self.at = start
            self.steps += 1
            if self.steps > self.limits.max_tags:
                raise RefusedMarkup(f"more than {self.limits.max_tags} elements")
            if text.startswith("<![CDATA[", start):
                self.aside("<![CDATA[", "]]>", keep=True)
            elif text.startswith("<!--", start):
                self.aside("<!--", "-->", keep=False)
            elif text.startswith("<?", start):
                self.aside("<?", "?>", keep=False)
            elif text.startswith("<!", start):
                declaration = _DECLARATION.match(text, start)
                self.at = declaration.end() if declaration else start + 2
            else:
                self.tag()
        self.finish()

    def aside(self, start: str, end: str, *, keep: bool) -> None:
        """A section, a comment, an instruction: up to its end; where that is missing, up to the entry's."""
        stop = self.stop(end)
        if self.item is not None:
            # An end that belongs to another such section, entries further on, is not this one's.
            close = self.text.find(f"</{self.item_name}>", self.at, stop if stop >= 0 else len(self.text))
            if close >= 0 and (stop < 0 or self.text.find(start, close, stop) >= 0):
                self.refuse(f"{start} without its {end}")
                self.at = close
                return
        if stop < 0:
            self.at = len(self.text)
            self.ended = True  # the document stops within it
            return
        if keep:
            self.put(self.text[self.at : stop + len(end)])
        self.at = stop + len(end)

    def stop(self, end: str) -> int:
        """Where `end` stands next, or -1; looked for once, however often the scan asks from before it."""
        known = self.stops.get(end)
        if known is None or 0 <= known < self.at:
            known = self.stops[end] = self.text.find(end, self.at)
        return known

    def tag(self) -> None:
        text, start = self.text, self.at
        found = _TAG.match(text, start)
        if found is None:
            if text.find("<", start + 1) < 0 and text.find(">", start + 1) < 0:
                self.at = len(text)
                self.ended = True  # the document stops within a tag
                return
            # "a < b" is no tag: its "<" was not escaped.
            self.fault("a bare <")
            self.put("&lt;")
            self.at = start + 1
            return
        raw, name = found[0], found[2]
        self.at = found.end()
        problem = ""
        if len(raw) > self.limits.max_tag_chars:
            problem = f"an element of more than {self.limits.max_tag_chars} characters"
        elif raw.count("=") > self.limits.max_attributes < len(_ATTRIBUTE.findall(raw)):
            problem = f"an element with more than {self.limits.max_attributes} attributes"
        if problem:
            raw = f"<{found[1]}{name}{'/' * raw.endswith('/>')}>"
            if self.item is not None or found[1] or not self._begins_item(name):
                self.refuse(problem)
                problem = ""
        if ":" in raw:
            if ":" in name:
                self.prefixes.add(name.partition(":")[0])
            self.prefixes.update(_PREFIX.findall(raw))
            self.declared.update(_DECLARED.findall(raw))
        if "&" in raw:
            raw = self.mended(raw)
        local = name.rpartition(":")[2].lower()
        if found[1]:
            self.close(name, local, raw)
        else:
            self.open(name, local, raw, closed=raw.endswith("/>"), problem=problem)

    def _begins_item(self, name: str) -> bool:
        return bool(self.outer) and name.rpartition(":")[2].lower() in ("item", "entry")

    def open(self, name: str, local: str, raw: str, *, closed: bool, problem: str) -> None:
        """`problem`: what is wrong with the entry that begins here."""
        if self._begins_item(name):
            if self.item is not None and self.depth == 1:
                self.end_unfinished()
            if self.item is None:
                self.begin_item(name, problem)
            elif name.lower() == self.item_name.lower() and not closed:
                self.nested += 1
        if local in _BRIEF and not closed:
            self.brief = _BRIEF_CHARS
        elif self.brief is not None and local not in _BRIEF_PARTS:
            self.brief = None
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

    def close(self, name: str, local: str, raw: str) -> None:
        lowered = name.lower()
        if local in _BRIEF:
            self.brief = None
        if self.item is not None:
            if lowered == self.item_name.lower() and self.nested:
                self.nested -= 1
            elif lowered == self.item_name.lower():
                # Whatever was left open within it ends with the entry.
                self.item.append(raw)
                self.end_item()
                return
            elif self.depth == 1 and any(lowered == element.name.lower() for element in self.outer):
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

    def begin_item(self, name: str, problem: str) -> None:
        if not self.entries:
            self.around = list(self.outer)
        self.item, self.item_name, self.item_problem = [], name, problem
        self.depth = self.nested = self.references = 0

    def end_unfinished(self) -> None:
        assert self.item is not None
        self.fault("an entry without its end")
        self.item.append(f"</{self.item_name}>")
        self.end_item()

    def words(self, words: str) -> None:
        if "&" in words:
            words = self.mended(words)
        self.put(words.replace("]]>", "]]&gt;"))

    def mended(self, words: str) -> str:
        self.references += words.count("&")
        if self.references > _MOST_REFERENCES:
            self.refuse(f"more than {_MOST_REFERENCES} references")
            return words.replace("&", "")
        mended, unknown = mend_references(words)
        self.unknown_references += unknown
        return mended

    def put(self, piece: str) -> None:
        if self.item_problem and self.item is not None:
            return  # it is left out
        if self.brief is not None:
            piece = shorten(piece, self.brief)
            self.brief -= min(len(piece), self.brief)
        (self.head if self.item is None else self.item).append(piece)

    def refuse(self, problem: str) -> None:
        """Leave the entry at hand out; outside an entry nothing can be taken."""
        if self.item is None:
            raise RefusedMarkup(problem)
        self.item_problem = self.item_problem or problem

    def end_item(self) -> None:
        assert self.item is not None
        source, self.item, self.depth, self.brief = "".join(self.item), None, 0, None
        if not self.item_problem and len(source) > self.limits.max_item_chars:
            self.item_problem = f"longer than {self.limits.max_item_chars} characters"
        if self.item_problem:
            where = f"{self.where}: item {len(self.entries) + 1}"
            self.entries.append(ItemFault(where=where, problem=self.item_problem))
        else:
            self.entries.append(source)
        self.references = 0

    def finish(self) -> None:
        if self.outer:
            if self.item is not None:
                self.item, self.depth = None, 0
                self.fault("cut off within an entry, which is left out until it is whole")
            else:
                self.fault("cut off at its end")
            for element in reversed(self.outer):
                self.head.append(f"</{element.name}>")
        elif _ASIDE.sub("", self.text[self.at : self.at + _JUNK_READ]):
            self.fault("junk after the feed")
        if self.unknown_references:
            self.fault(f"{self.unknown_references} bare ampersands or unknown entities")
        surplus = len(self.entries) - self.limits.max_items
        if surplus > 0:
            self.fault(f"{len(self.entries)} entries, the newest {self.limits.max_items} taken")
            keep_last = _date_of(self.entries[-1]) > _date_of(self.entries[0])
            self.entries = self.entries[surplus:] if keep_last else self.entries[:-surplus]

    def markup(self) -> Markup:
        missing = sorted(self.prefixes - self.declared - {"xml", "xmlns"})
        if missing:
            self.fault(f"undeclared prefix {missing[0]!r}")
        extra = "".join(f' xmlns:{prefix}="{namespace(prefix)}"' for prefix in missing[:100])
        head, opening = "".join(self.head), "".join(element.tag for element in self.around)
        if extra:
            head = _NAME_IN_TAG.sub(lambda found: found[0] + extra, head, count=1)
            opening = _NAME_IN_TAG.sub(lambda found: found[0] + extra, opening, count=1)
        if len(opening) > _LONGEST_OPENING:
            raise RefusedMarkup(f"more than {_LONGEST_OPENING} characters around its entries")
        return Markup(
            head=head,
            opening=opening,
            closing="".join(f"</{element.name}>" for element in reversed(self.around)),
            entries=tuple(self.entries),
            faults=tuple(self.faults),
        )


def _date_of(entry: str | ItemFault) -> datetime:
    found = _DATE.search(entry) if isinstance(entry, str) else None
    return (moment(found[1]) if found else None) or datetime.min.replace(tzinfo=UTC)
