"""An item: one entry of a feed, with its text as it came."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NewType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

ItemId = NewType("ItemId", str)
Field = Literal["title", "summary", "body"]
FIELDS: tuple[Field, ...] = ("title", "summary", "body")


class OutletClass(StrEnum):
    """What kind of voice a feed is; an official post is its elector's own word."""

    OUTLET = "outlet"
    WIRE = "wire"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a feed.

    id              made from content (`item_id`): the same entry met twice is one item
    source          the outlet's name, as the feed's configuration or the item itself gives it
    title, summary, body
                    raw text as the feed gave it, HTML kept; empty when there is none
    lang            BCP 47 language, lower case ("en", "pt"); empty when unknown
    published_at    UTC, when the outlet says it was published; the time it reached us when the
                    outlet gives no usable date, and then `date_given` is False
    elector         for an official feed: the elector whose own voice it is; else `None`
    """

    id: ItemId
    source: str
    url: str
    title: str
    summary: str
    body: str
    lang: str
    published_at: datetime
    date_given: bool = True
    guid: str = ""
    feed: str = ""
    outlet_class: OutletClass = OutletClass.OUTLET
    elector: str | None = None

    def text(self, field: Field) -> str:
        """The raw text of one field."""
        return str(getattr(self, field))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the raw text: an item edited in place keeps its id and changes this."""
        parts = (self.title, self.summary, self.body)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def item_id(*, source: str, url: str, guid: str, title: str, summary: str, body: str) -> ItemId:
    """The id of an item, from its permanent link, else its outlet and guid, else its outlet and text.

    The link comes first because guids change and collide in practice while one article keeps its
    address; two outlets that carry the same text are two items (and one origin, which is the
    projection's work to see).
    """
    if url:
        seed = f"url\x1f{canonical_url(url)}"
    elif guid:
        seed = f"guid\x1f{source}\x1f{guid}"
    else:
        seed = f"text\x1f{source}\x1f{title}\x1f{summary}\x1f{body}"
    return ItemId(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:24])


# Only parameters known to carry no meaning for the page shown: dropping whole query strings
# merges different articles.
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid", "_ga", "_gl", "cmpid",
        "ocid", "ftag", "xtor", "at_medium", "at_campaign",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)  # a feed's links come again with every poll
def canonical_url(url: str) -> str:
    """The address without fragment, known tracking parameters, default port and host's case."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    scheme = parts.scheme.lower()
    if port and port != {"http": 80, "https": 443}.get(scheme):
        host = f"{host}:{port}"
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in _TRACKING and not key.lower().startswith("utm_")
    ]
    return urlunsplit((scheme, host, parts.path or "/", urlencode(query), ""))
