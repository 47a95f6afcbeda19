"""Descriptions of a person by country and office: "outgoing Dutch premier", "President of Romania"."""

from __future__ import annotations

import re

from tracker.countries import Country, FormKind, country

_STATES = re.compile(
    r"^(?:outgoing|caretaker|former|ex-?|then|acting|current|sitting|departing)[ -]+", re.IGNORECASE
)
_OFFICE = re.compile(
    r"\b(?:prime minister|premier|president|chancellor|minister|secretary|governor|ambassador|taoiseach"
    r"|king|queen|speaker|leader|envoy)\b",
    re.IGNORECASE,
)


def national_office(description: str, nationality: str) -> str | None:
    """The office in "Dutch prime minister", when the adjective is that of the country; else `None`.

    nationality  ISO 3166 alpha-2, lower case
    """
    home = country(nationality)
    bare = _STATES.sub("", description)
    if home is None or not _OFFICE.search(bare):
        return None
    for adjective in home.texts(FormKind.ADJECTIVE, "en"):
        if bare.casefold().startswith(f"{adjective.casefold()} "):
            return bare[len(adjective) + 1 :]
    return None


def held_office(post: str, nationality: str) -> str:
    """The office in "Prime Minister of the Netherlands (caretaker)", without country, dates and remarks.

    An office of another body keeps its whole name ("President of the European Commission").
    """
    bare = re.sub(r"\s*\(.*?\)|\s+(?:to|since|until|from) \d{4}.*$", "", post)
    home = country(nationality)
    if home is None:
        return _small(bare)
    for name in sorted(_names(home), key=len, reverse=True):
        cut = re.sub(rf"\s+of (?:the )?{re.escape(name)}$|^{re.escape(name)}\s+", "", bare)
        if cut != bare:
            return _small(cut)
    return _small(bare)


def _names(home: Country) -> tuple[str, ...]:
    return (*home.texts(FormKind.NAME, "en"), *home.texts(FormKind.ADJECTIVE, "en"))


def _small(office: str) -> str:
    """In small letters, as in running text, unless it names a body ("Secretary General of NATO")."""
    return office if " of " in office and not office.startswith("Minister of") else office.lower()
