"""What an HTML page that came in a feed's place says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

# The head of a page is near its start.
_LOOKED_AT = 200_000
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """title: the page's own, may be empty; feeds: addresses of the feeds it names, absolute."""

    title: str
    feeds: tuple[str, ...]


def look(text: str, *, url: str) -> Page:
    """Title and feed links (autodiscovery: `link rel="alternate"`) of a page at `url`."""
    reader = _Head(url)
    reader.feed(text[:_LOOKED_AT])
    return Page(title=" ".join("".join(reader.title).split())[:120], feeds=tuple(dict.fromkeys(reader.feeds)))


class _Head(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = url
        self.title: list[str] = []
        self.feeds: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = not self.title
        elif tag == "base":
            self.base = self._joined(values.get("href", ""))
        elif (
            tag == "link"
            and "alternate" in values.get("rel", "").lower().split()
            and values.get("type", "").lower().strip() in _FEED_TYPES
            and values.get("href")
        ):
            self.feeds.append(self._joined(values["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)

    def _joined(self, href: str) -> str:
        try:
            return urljoin(self.base, href.strip())
        except ValueError:
            return href.strip()
