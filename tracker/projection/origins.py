"""Origins: forty copies of a wire report are one source.

Each report carries keys (`item_keys`, `sentence_keys`, `cited_key`); reports that share any key go back to
one origin. Keys are exact. Similarity scores are not used: no threshold tells a copy from a sentence that
differs in one name or one "not", and a wrong merge is worse than a missed one.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from tracker.contests import Contest
from tracker.items import FIELDS, Item, canonical_url
from tracker.stances import Voice

# A sentence of fewer words may be worded alike by two hands ("Spain backs her.").
MIN_COPIED_WORDS = 8

# Names by which the press credits its sources in one word, where no other mark tells an outlet.
AGENCIES = (
    "AFP", "AGERPRES", "ANP", "ANSA", "AP", "APA", "Belga", "Bloomberg", "BTA", "CTK", "dpa", "EFE",
    "Interfax", "Kyodo", "LETA", "Lusa", "MTI", "NTB", "PAP", "Politico", "POLITICO", "Reuters", "Ritzau",
    "STT", "TASS", "TASR", "Tanjug", "TT", "Ukrinform", "UPI", "Xinhua", "Yonhap",
)  # fmt: skip

_WORDS = re.compile(r"\w+")
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_BLOCK = re.compile(r"</?(?:p|br|div|li|h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_NAME = r"(?:[A-Z][\w&.'’-]{0,20}|of|the|de|della)(?: (?:[A-Z][\w&.'’-]{0,20}|of|the|de|della)){0,4}"
_PRESS = (
    r"(?:Agency|Bulletin|Chronicle|Daily|Gazette|Herald|Journal|Ledger|Mail|Media|News|Newsdesk|Observer|Post|Press|Radio|"
    r"Review|Service|Standard|Star|Telegraph|Television|Times|Tribune|TV|Wire|World)"
)
_OUTLET = rf"{'|'.join(AGENCIES)}|{_NAME} {_PRESS}"
# A place, an outlet in brackets, a dash, at the head of a paragraph: "ROME (Meridian Wire) - ". If the place
# is not in capitals, what is in brackets must look like an outlet ("Viktor Orbán (Fidesz) - ").
_DATELINE = re.compile(
    rf"^(?:[^\W\d_a-z][A-Z .,'’/-]{{2,40}} \(({_NAME})\)|\w[\w .,'’/-]{{1,40}} \(({_OUTLET})\)) ?[-–—]",
    re.MULTILINE,
)
# An outlet in brackets that closes the text, or is a paragraph of its own.
_SIGNED = re.compile(rf"(?:^|\n|[.”\"'] )\(({_OUTLET})\)(?=\n|$)")
_SOURCE = re.compile(
    rf"(?:^|\n|[.(] ?)(?i:Sources?|Quelle|Bron|Fuente|Fonte|Kilde|Källa|Sursa) ?: ?({_NAME})"
)
_KIND_OF_OUTLET = re.compile(
    r"^(?:the )?(?:(?:weekly|daily|newspaper|magazine|broadcaster|website|portal|news agency|agency) )+",
    re.IGNORECASE,
)
_CREDITED = re.compile(
    rf"\b({_OUTLET}) (?:(?:has |first )?reported|reports|said|writes)\b"
    rf"|\b(?:[Aa]ccording to|[Rr]eported by|[Tt]old) (?:the |news agency |broadcaster )*({_OUTLET})\b"
)
_REACH = 20_000


def outlet_key(name: str) -> str:
    """The key of an outlet, whatever the case and marks of its name."""
    return f"outlet:{_folded(re.sub('^the ', '', name.strip(), flags=re.IGNORECASE))}"


def item_keys(item: Item) -> frozenset[str]:
    """Keys that everything read in an item has: outlet, outlets credited, link.

    A credit counts where the press puts it: in the dateline, in a line that closes the text, after "Source:".
    """
    keys = {outlet_key(item.source), *(outlet_key(name) for name in _credits(item))}
    if item.url:
        keys.add(f"url:{canonical_url(item.url)}")
    return frozenset(keys)


def sentence_keys(sentence: str) -> frozenset[str]:
    """Keys of one sentence: an outlet that it credits ("Reuters reported"), and its words when they are
    too many to be a coincidence."""
    keys = {
        outlet_key(next(group for group in match.groups() if group)) for match in _CREDITED.finditer(sentence)
    }
    words = _WORDS.findall(_plain(sentence))
    if len(words) >= MIN_COPIED_WORDS:
        digest = hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()
        keys.add(f"text:{digest[:24]}")
    return frozenset(keys)


def cited_key(roster: Contest, speaker: str, voice: Voice) -> str | None:
    """The key of whoever is cited about an elector that is not its own: many outlets quote one man.

    `None` for the elector's own voice, the narrator and unnamed voices. A candidate or speaker of the
    roster is found by name or alias in the words; anybody else is the words themselves.
    """
    said = _folded(speaker)
    if not said:
        return None
    match voice:
        case Voice.OUTLET:
            return outlet_key(_KIND_OF_OUTLET.sub("", speaker))
        case Voice.THIRD_PARTY:
            people = [(c.name, *c.aliases) for c in roster.candidates]
            people += [(s.name, *s.aliases) for s in roster.speakers]
            for names in people:
                if any((folded := _folded(name)) and f" {folded} " in f" {said} " for name in names):
                    return f"speaker:{_folded(names[0])}"
            return f"speaker:{said}"
        case _:
            return None


class Origins:
    """Independent origins among the reports added so far (union of all that share any key)."""

    __slots__ = ("_count", "_of", "_parent", "_waiting", "added")

    def __init__(self) -> None:
        self._count = 0
        self._of: dict[str, int] = {}
        self._parent: list[int] = []
        self._waiting: list[Sequence[str]] = []
        self.added = 0

    def add(self, keys: Sequence[str]) -> None:
        """Take one more report in. One without keys is an origin by itself."""
        self._waiting.append(keys)
        self.added += 1

    @property
    def count(self) -> int:
        """How many there are. Reports are joined only now, because most of them are never counted."""
        for keys in self._waiting:
            self._join(keys)
        self._waiting.clear()
        return self._count

    def roots(self) -> tuple[int, ...]:
        """For each report added, a number that those of its origin share."""
        assert self.count >= 0  # joins what waits
        return tuple(self._root(group) for group in range(len(self._parent)))

    def _join(self, keys: Sequence[str]) -> None:
        of, parent = self._of, self._parent
        group = len(parent)
        parent.append(group)
        self._count += 1
        for key in keys:
            other = self._root(of.setdefault(key, group))
            if other != group:
                parent[group] = other
                group = other
                self._count -= 1

    def _root(self, group: int) -> int:
        parent = self._parent
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group


def grouped(reports: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The number of the origin that each report (given by its keys) goes back to, from 1 in their order."""
    origins = Origins()
    for keys in reports:
        origins.add(keys)
    roots = origins.roots()
    numbers = {root: n for n, root in enumerate(dict.fromkeys(roots), 1)}
    return tuple(numbers[root] for root in roots)


def count_origins(reports: Iterable[Sequence[str]]) -> int:
    """Independent origins among reports given by their keys."""
    origins = Origins()
    for keys in reports:
        origins.add(keys)
    return origins.count


def _credits(item: Item) -> Iterator[str]:
    for field in FIELDS:
        text = html.unescape(_MARKUP.sub(" ", _BLOCK.sub("\n", item.text(field)[:_REACH])))
        text = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
        for pattern in (_DATELINE, _SIGNED, _SOURCE):
            for match in pattern.finditer(text):
                yield next(group for group in match.groups() if group)


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(_plain(text)))


def _plain(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in marked if not unicodedata.combining(c))
