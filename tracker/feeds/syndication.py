"""RSS of every version, RDF and Atom: feedparser, fed one mended piece at a time."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.parsers import expat

from tracker.clock import iso
from tracker.feeds.dates import moment
from tracker.feeds.entries import Document, Entry, ItemFault, ParseLimits, plain
from tracker.feeds.markup import Markup

_PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n'
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def read(markup: Markup, *, url: str, limits: ParseLimits) -> Document:
    """What the feed says; links are resolved against `url` and the feed's own xml:base.

    Well-formed entries are read together by the strict reader; each of the others alone, by the
    tolerant one, so that what is wrong with one changes nothing about its neighbours.
    """
    faults = list(markup.faults)
    head = _head(markup.head, url, limits)
    faults += head.faults
    sources = markup.entries
    good = [
        index
        for index, source in enumerate(sources)
        if isinstance(source, str) and _sound(_compose(markup, source))
    ]
    read_entries: dict[int, list[Entry | ItemFault]] = {}
    try:
        together = _parse(_compose(markup, *(str(sources[index]) for index in good)), url)
        if len(together.entries) == len(good):
            for index, found in zip(good, together.entries, strict=True):
                read_entries[index] = [_entry(found, atom=together.version.startswith("atom"))]
    except Exception:  # a fault of the reader's own: found again below, entry by entry
        read_entries = {}
    ill_formed = len([source for source in sources if isinstance(source, str)]) - len(good)
    if ill_formed:
        faults.append(f"{ill_formed} ill-formed {'entry' if ill_formed == 1 else 'entries'}")
    for index, source in enumerate(sources):
        if isinstance(source, ItemFault):
            read_entries[index] = [source]
        elif index not in read_entries:
            read_entries[index] = _alone(markup, source, url, limits, where=f"{url}: item {index + 1}")
    return replace(
        head,
        entries=tuple(entry for index in sorted(read_entries) for entry in read_entries[index]),
        faults=tuple(faults),
    )


def read_head(text: str, *, url: str) -> Document:
    """What a feed without its entries says of itself; `text` is well-formed."""
    return _head(text, url, ParseLimits())


def _compose(markup: Markup, *entries: str) -> str:
    return f"{markup.opening}{''.join(entries)}{markup.closing}"


def _head(text: str, url: str, limits: ParseLimits) -> Document:
    """What stands beside the entries. Where that is hopeless, a fault says so, and it costs no entry."""
    head: Any = {}
    faults: tuple[str, ...] = ("its own title cannot be read",)
    if len(text) <= limits.max_loose_chars or _sound(text):
        try:
            head, faults = _parse(text, url).feed, ()
        except Exception:  # as with an entry: whatever feedparser does with it
            head = {}
    return Document(
        title=_text(head, "title"),
        link=_text(head, "link"),
        lang=_text(head, "language"),
        ttl_s=_ttl_s(head),
        entries=(),
        faults=faults,
    )


def _sound(document: str) -> bool:
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse((_PROLOG + document).encode("utf-8"), True)
    except expat.ExpatError:
        return False
    return True


def _alone(
    markup: Markup, entry: str, url: str, limits: ParseLimits, *, where: str
) -> list[Entry | ItemFault]:
    if len(entry) > limits.max_loose_chars:
        problem = f"ill-formed, and too long ({len(entry)} characters) to be read all the same"
        return [ItemFault(where=where, problem=problem)]
    try:
        found = _parse(_compose(markup, entry), url)
        read_entries: list[Entry | ItemFault] = [
            _entry(one, atom=found.version.startswith("atom")) for one in found.entries
        ]
    except Exception as error:  # whatever feedparser does with it, the neighbours are not concerned
        return [ItemFault(where=where, problem=f"cannot be read ({type(error).__name__}: {error})")]
    return read_entries or [ItemFault(where=where, problem="holds no entry that can be read")]


def _parse(text: str, url: str) -> Any:
    import feedparser  # half of a verb's start-up time, where no feed is read

    # As a stream: feedparser takes other bytes for a file name and tries to open it.
    return feedparser.parse(
        io.BytesIO((_PROLOG + text).encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _entry(found: Any, *, atom: bool) -> Entry:
    title = _html(found, "title", atom=atom)
    summary = _html(found, "summary", atom=atom)
    contents = [
        _escaped(str(part.get("value") or ""), atom and part.get("type") == "text/plain")
        for part in found.get("content", ())
        if not str(part.get("type") or "").startswith(("image/", "audio/", "video/"))
    ]
    body = max(contents, key=len, default="")
    if body == summary:
        summary = ""  # feedparser copies a lone content into the summary
    source = found.get("source") or {}
    return Entry(
        title=title,
        summary=summary,
        body=body,
        url=_text(found, "feedburner_origlink") or _text(found, "link"),
        guid=_text(found, "id"),
        published=_date(found, "published", "created"),
        updated=_date(found, "updated"),
        lang=_text(found, "language") or _detail_lang(found),
        source=_text(source, "title") if isinstance(source, dict) else "",
    )


def _text(found: Any, key: str) -> str:
    # dict.get: feedparser's own answers "updated" with "published" and a warning.
    value = dict.get(found, key)
    return value.strip() if isinstance(value, str) else ""


def _html(found: Any, key: str, *, atom: bool) -> str:
    detail = dict.get(found, f"{key}_detail") or {}
    return _escaped(_text(found, key), atom and detail.get("type") == "text/plain")


def _escaped(text: str, declared_plain: bool) -> str:
    return plain(text) if declared_plain else text


def _detail_lang(found: Any) -> str:
    for part in (
        *found.get("content", ()),
        dict.get(found, "title_detail"),
        dict.get(found, "summary_detail"),
    ):
        if part and part.get("language"):
            return str(part["language"])
    return ""


def _date(found: Any, *keys: str) -> str:
    """The first date there is, in the outlet's form.

    As ISO 8601 where only feedparser can read it (it knows Greek, Hungarian and Korean forms). What is
    plain ASCII and no date for us is one for nobody: feedparser makes 1 March of 30 February.
    """
    for key in keys:
        text = _text(found, key)
        if not text:
            continue
        parsed = dict.get(found, f"{key}_parsed")
        if not text.isascii() and moment(text) is None and isinstance(parsed, time.struct_time):
            try:
                return iso(datetime(*parsed[:6], tzinfo=UTC))
            except ValueError:
                return text
        return text
    return ""


def _ttl_s(head: Any) -> float | None:
    minutes = _text(head, "ttl")
    if re.fullmatch(r"\d{1,6}", minutes) and int(minutes):
        return int(minutes) * 60.0
    period = _PERIODS_S.get(_text(head, "sy_updateperiod").lower())
    if period is None:
        return None
    frequency = _text(head, "sy_updatefrequency")
    return period / int(frequency) if re.fullmatch(r"[1-9]\d{0,4}", frequency) else float(period)
