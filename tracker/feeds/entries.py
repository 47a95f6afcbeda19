"""An entry as a feed's format gives it, before it is judged: what every reader of a format returns."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Texts as they stand in the feed; empty where there is none.

    url         absolute, whatever its scheme
    summary, body, title
                HTML source: text that a format declares plain is escaped
    published, updated
                dates in the outlet's own form
    lang        a language tag, as given
    source      the outlet the entry says it came from, in feeds that gather from several
    """

    title: str = ""
    summary: str = ""
    body: str = ""
    url: str = ""
    guid: str = ""
    published: str = ""
    updated: str = ""
    lang: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFault:
    """An entry that could not be taken; the others of its feed or file were.

    where    the place ("https://…: item 3", "items.jsonl:17")
    problem  what is wrong with it
    note     nothing is missing: a file that holds no items was passed over, or a feed was read
             although it is ill-formed
    """

    where: str
    problem: str
    note: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a feed's bytes hold.

    link     the site the feed belongs to, absolute; empty when unknown
    ttl_s    how long the feed asks to be left alone; `None` when it does not say
    entries  in the feed's order; an ItemFault stands where an entry could not be read
    faults   what is wrong with the document; each a phrase
    """

    title: str
    link: str
    lang: str
    ttl_s: float | None
    entries: tuple[Entry | ItemFault, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseLimits:
    """What a feed may hold; more is cut or refused before it costs time.

    max_items         the newest are kept
    max_title, max_text
                      characters of a title, and of a summary or body; the rest is cut, with a mark
    max_item_chars    of one entry's source
    max_loose_chars   of one ill-formed entry, which only the slow tolerant reader can read
    max_depth         elements within elements
    max_attributes, max_tag_chars
                      of one element
    max_tags          of the whole document; max_json_chars: of one in JSON
    """

    max_items: int = 1_000
    max_title: int = 2_000
    max_text: int = 200_000
    max_item_chars: int = 8_000_000
    max_loose_chars: int = 300_000
    max_depth: int = 200
    max_attributes: int = 500
    max_tag_chars: int = 2_000_000
    max_tags: int = 600_000
    max_json_chars: int = 4_000_000


def plain(text: str) -> str:
    """Plain text as HTML source, which is what items hold; unchanged where that is the same."""
    return html.escape(text, quote=False) if re.search(r"<|&#?\w+;", text) else text
