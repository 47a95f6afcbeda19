"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml): what other readers give and take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from tracker.errors import InputError
from tracker.feeds.links import web_url

_MOST_FEEDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed of a list. `category`: the folders it lies in, outermost first, joined by "/"; may be empty."""

    url: str
    title: str = ""
    category: str = ""
    lang: str = ""


def read_opml(content: bytes, *, where: str) -> tuple[Outline, ...]:
    """The feeds of a list, each address once, in its order.

    Raises InputError at `where` for what is no OPML; a document type is refused, since it may hold bombs.
    """
    found: dict[str, Outline] = {}
    folders: list[str] = []
    names: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        names.append(name.lower())
        if names[0] != "opml":
            raise InputError(where, f"not OPML: its first element is <{name[:40]}>")
        given = {key.lower(): value.strip() for key, value in attributes.items()}
        title = given.get("title") or given.get("text", "")
        url = web_url(given.get("xmlurl", "")) if names[-1] == "outline" else ""
        if url and len(found) < _MOST_FEEDS:
            category = "/".join(folder for folder in folders if folder) or given.get("category", "").strip(
                "/"
            )
            outline = Outline(url=url, title=title, category=category, lang=given.get("language", "").lower())
            found.setdefault(url, outline)
        folders.append(title if names[-1] == "outline" and not url else "")

    def end(_: str) -> None:
        folders.pop()
        names.pop()

    def refuse(*_: object) -> None:
        raise InputError(where, "not taken: it has a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(where, f"not OPML: {error}") from error
    return tuple(found.values())


def write_opml(outlines: Iterable[Outline], *, title: str) -> str:
    """The list as a document, in folders by category."""
    by_category: dict[str, list[Outline]] = {}
    for outline in outlines:
        by_category.setdefault(outline.category, []).append(outline)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{quoteattr(title)[1:-1]}</title></head>", "<body>"]
    for category, kept in by_category.items():
        if category:
            lines.append(f"  <outline text={quoteattr(category)}>")
        for one in kept:
            name = quoteattr(one.title or one.url)
            lang = f" language={quoteattr(one.lang)}" if one.lang else ""
            lines.append(
                f'    <outline type="rss" text={name} title={name} xmlUrl={quoteattr(one.url)}{lang}/>'
            )
        if category:
            lines.append("  </outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""])
