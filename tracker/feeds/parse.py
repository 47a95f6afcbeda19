"""From a feed's bytes to its items. Pure: no byte is fetched, no clock is read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from tracker.errors import ParseError
from tracker.feeds import jsonfeed, strict, syndication
from tracker.feeds.charsets import decode
from tracker.feeds.dates import EARLIEST, moment, usable
from tracker.feeds.entries import Document, Entry, ItemFault, ParseLimits
from tracker.feeds.links import web_url
from tracker.feeds.markup import NotFeedMarkup, RefusedMarkup, cut
from tracker.feeds.page import look
from tracker.items import Item, ItemId, OutletClass, canonical_url, item_id

CUT_MARK = " […]"
_LONGEST_GUID = 2048
_LANG = re.compile(r"([A-Za-z]{2,3})(?=[-_]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Whose feed it is, as far as the configuration says.

    name    becomes each item's source; empty: the entry's own source, else the feed's title, else
            the host, for feeds that gather from many outlets and for files that nobody configured
    feed    the feed's id in the configuration; empty for a file
    url     where the bytes came from; relative links are resolved against it
    lang    of items whose feed does not say
    """

    name: str = ""
    feed: str = ""
    url: str = ""
    lang: str = ""
    outlet_class: OutletClass = OutletClass.OUTLET
    elector: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A feed's items.

    items        in the feed's order, each id once
    fault        what is wrong with the feed as a whole; `None` when nothing is
    item_faults  the entries that could not be taken
    title, link  the feed's own; may be empty
    ttl_s        how long the feed asks to be left alone; `None` when it does not say
    """

    items: tuple[Item, ...]
    fault: str | None
    item_faults: tuple[ItemFault, ...]
    title: str
    link: str
    lang: str
    ttl_s: float | None


def parse(
    body: bytes,
    *,
    outlet: Outlet,
    seen_at: datetime,
    content_type: str = "",
    limits: ParseLimits | None = None,
) -> Parsed:
    """The items of a feed: RSS, RDF, Atom or JSON Feed, well-formed or not.

    An entry without usable date is taken at `seen_at`, with `date_given` False. Raises ParseError
    when the bytes are no feed, saying what they are instead.
    """
    limits = limits or ParseLimits()
    document = _document(body, outlet.url, content_type, limits)
    taken: list[_Taken] = []
    faults: list[ItemFault] = []
    for number, entry in enumerate(document.entries, start=1):
        if isinstance(entry, ItemFault):
            faults.append(entry)
        elif not (entry.title or entry.summary or entry.body):
            where = f"{outlet.url or outlet.name}: item {number}"
            faults.append(ItemFault(where=where, problem="no title and no text"))
        else:
            taken.append(_take(entry, document, outlet, seen_at, limits))
    return Parsed(
        items=tuple(_distinct(taken, home=document.link)),
        fault="; ".join(document.faults) or None,
        item_faults=tuple(faults),
        title=document.title,
        link=document.link,
        lang=_lang(document.lang),
        ttl_s=document.ttl_s,
    )


def _document(body: bytes, url: str, content_type: str, limits: ParseLimits) -> Document:
    if not body.strip(b"\0\t\n\r "):
        raise ParseError(url, "an empty answer, no feed")
    text, fault = decode(body, content_type)
    text = text.lstrip("\ufeff")
    try:
        if text.lstrip()[:1] in ("{", "["):
            document = jsonfeed.read(text, url=url, limits=limits)
        else:
            document = _strict(text, url, limits) or tolerant(text, url, limits)
    except jsonfeed.NotJsonFeed as error:
        raise ParseError(url, f"not a feed: {error}") from error
    except RefusedMarkup as error:
        raise ParseError(url, f"refused: {error}") from error
    except NotFeedMarkup as error:
        raise ParseError(url, _instead(error, text, url)) from error
    return replace(document, faults=(fault, *document.faults)) if fault else document


def _strict(text: str, url: str, limits: ParseLimits) -> Document | None:
    return strict.read(text, url=url, limits=limits, read_head=partial(syndication.read_head, url=url))


def tolerant(text: str, url: str, limits: ParseLimits) -> Document:
    """The reader of record, for feeds however ill-formed. Raises NotFeedMarkup or RefusedMarkup."""
    return syndication.read(cut(text, limits, where=url), url=url, limits=limits)


def _instead(error: NotFeedMarkup, text: str, url: str) -> str:
    """What the text is, when it is no feed."""
    if error.root.lower() != "html":
        return f"not a feed: {error}" if error.root or "<" in text else f"not a feed: text, {text[:60]!r}"
    page = look(text, url=url)
    titled = f", title {page.title!r}" if page.title else ""
    if page.feeds:
        remedy = f"the feed it names is {page.feeds[0]}"
    else:
        remedy = "look for its feed's address, it names none"
    return f"an HTML page{titled}: not a feed; {remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    item: Item
    changed_at: datetime


def _take(entry: Entry, document: Document, outlet: Outlet, seen_at: datetime, limits: ParseLimits) -> _Taken:
    published, updated = moment(entry.published), moment(entry.updated)
    given = next((found for found in (published, updated) if found and usable(found, seen_at)), None)
    host = urlsplit(outlet.url).hostname if web_url(outlet.url) else None
    item = Item(
        id=ItemId(""),  # `_distinct` gives it
        source=outlet.name or entry.source[:200] or document.title[:200] or host or "",
        url=web_url(entry.url),
        guid=entry.guid[:_LONGEST_GUID],
        title=_bounded(entry.title, limits.max_title),
        summary=_bounded(entry.summary, limits.max_text),
        body=_bounded(entry.body, limits.max_text),
        lang=_lang(entry.lang) or _lang(document.lang) or _lang(outlet.lang),
        published_at=given or seen_at,
        date_given=given is not None,
        feed=outlet.feed,
        outlet_class=outlet.outlet_class,
        elector=outlet.elector,
    )
    changed = updated if updated and usable(updated, seen_at) else given
    return _Taken(item=item, changed_at=changed or EARLIEST)


def _distinct(taken: Sequence[_Taken], *, home: str) -> Iterable[Item]:
    """The items with their ids, each id once: of several versions, the one changed last.

    A link makes the id only where it is the article's own: not the outlet's front page, and not one
    link for entries that differ in guid and title (the posts of a live page). Guids likewise.
    """
    by_url: dict[str, list[Item]] = defaultdict(list)
    by_guid: dict[str, list[Item]] = defaultdict(list)
    for one in taken:
        if one.item.url:
            by_url[canonical_url(one.item.url)].append(one.item)
        by_guid[one.item.guid].append(one.item)
    front = canonical_url(home) if home else ""
    kept: dict[str, _Taken] = {}
    for one in taken:
        item = one.item
        address = canonical_url(item.url) if item.url else ""
        own = address not in ("", front) and not _front_page(address) and not _shared(by_url[address])
        guid = item.guid if len({other.title for other in by_guid[item.guid]}) == 1 else ""
        item = replace(
            item,
            id=item_id(
                source=item.source,
                url=item.url if own else "",
                guid=guid,
                title=item.title,
                summary=item.summary,
                body=item.body,
            ),
        )
        before = kept.get(item.id)
        if before is None or one.changed_at > before.changed_at:
            kept[item.id] = replace(one, item=item)
    return [one.item for one in kept.values()]


def _shared(items: Sequence[Item]) -> bool:
    """Whether one address stands for several articles: no two of them have guid or title in common."""
    if len(items) == 1:
        return False
    guids = [item.guid for item in items if item.guid]
    titles = {item.title for item in items}
    return len(titles) == len(items) and len(set(guids)) == len(guids) and len(guids) in (0, len(items))


def _front_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + CUT_MARK


def _lang(tag: str) -> str:
    """The language of a tag, without region or script; empty for what is no language tag."""
    found = _LANG.match(tag.strip())
    language = found[1].lower() if found else ""
    return "" if language in ("und", "mul", "zxx") else language
