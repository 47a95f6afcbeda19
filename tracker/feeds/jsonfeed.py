"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin

from tracker.feeds.entries import Document, Entry, ItemFault, ParseLimits, plain


class NotJsonFeed(ValueError):
    """The text is no JSON Feed; the message says what it is instead."""


def read(text: str, *, url: str, limits: ParseLimits) -> Document:
    """What the feed says. Raises NotJsonFeed. An entry of the wrong shape becomes an ItemFault."""
    # An empty object takes many times its two characters.
    if len(text) > limits.max_json_chars:
        raise NotJsonFeed(f"JSON of more than {limits.max_json_chars} characters")
    try:
        # Numbers stay texts: only ids are numbers here, and one of a million digits is not worth reading.
        feed = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        words = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise NotJsonFeed(f"broken JSON ({words})") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotJsonFeed("JSON, but no JSON Feed: no list of items")
    faults = []
    if "jsonfeed.org/version/" not in str(feed.get("version")):
        faults.append("no JSON Feed version")
    found = feed["items"]
    if len(found) > limits.max_items:
        faults.append(f"{len(found)} entries, the first {limits.max_items} taken")
    return Document(
        title=_text(feed, "title"),
        link=_link(feed, "home_page_url", base=url),
        lang=_text(feed, "language"),
        ttl_s=None,
        entries=tuple(
            _entry(item, url, where=f"{url}: item {number}")
            for number, item in enumerate(found[: limits.max_items], start=1)
        ),
        faults=tuple(faults),
    )


def _entry(item: Any, url: str, *, where: str) -> Entry | ItemFault:
    if not isinstance(item, dict):
        return ItemFault(where=where, problem=f"not a JSON object but {type(item).__name__}")
    return Entry(
        title=plain(_text(item, "title")),
        summary=plain(_text(item, "summary")),
        body=_text(item, "content_html") or plain(_text(item, "content_text")),
        url=_link(item, "url", base=url) or _link(item, "external_url", base=url),
        guid=_text(item, "id"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        lang=_text(item, "language"),
    )


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""


def _link(record: dict[str, Any], key: str, *, base: str) -> str:
    text = _text(record, key)
    try:
        return urljoin(base, text) if text else ""
    except ValueError:
        return ""
