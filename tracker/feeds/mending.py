"""Characters of XML as it should be, from text as outlets send it."""

from __future__ import annotations

import html.entities
import re

# Everything that is not a Char of XML 1.0 (production 2).
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What begins a reference, but for XML's own five, which stay as they are.
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|(\w{1,32});)?")
_CDATA = "<![CDATA["
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


def namespace(prefix: str) -> str:
    """The namespace a prefix is commonly used for; one of its own where there is none."""
    return _NAMESPACES.get(prefix.lower(), f"urn:undeclared:{prefix}")


def mend_references(text: str) -> tuple[str, int]:
    """The text with HTML's entities as numbers and any other `&` escaped, and how many of those there were.

    References to characters that XML forbids are left out.
    """
    unknown = 0

    def reference(found: re.Match[str]) -> str:
        nonlocal unknown
        number = int(found[1]) if found[1] else int(found[2], 16) if found[2] else None
        if number is not None:
            return "" if number > 0x10FFFF or CONTROL.match(chr(number)) else found[0]
        meant = html.entities.html5.get(f"{found[3]};") if found[3] else None
        if meant is not None:
            return "".join(f"&#{ord(character)};" for character in meant)
        unknown += 1
        return f"&amp;{found[0][1:]}"

    return _AMPERSAND.sub(reference, text), unknown


def shorten(piece: str, length: int) -> str:
    """The start of a piece of character data or of a CDATA section, still well-formed."""
    if piece.startswith(_CDATA):
        return f"{_CDATA}{piece[len(_CDATA) : -3][:length]}]]>"
    if len(piece) <= length:
        return piece
    start = piece[:length]
    reference = start.rfind("&")
    return start[:reference] if reference > start.rfind(";") else start
