"""Regions: parts of a country that persons sit for, by the code that districts are written with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a country.

    id      postal code of the United States, lower case ("ne"); elsewhere ISO 3166-2 ("au-qld")
    people  what somebody from there is called ("Nebraskan")
    short   its form after a name ("Neb"), without the last stop; empty when it has none
    """

    id: str
    name: str
    people: tuple[str, ...] = ()
    short: str = ""


def region(code: str) -> Region | None:
    """The region of that code, in any case, or `None`."""
    return _regions().get(code.lower())


def region_named(name: str) -> Region | None:
    """The region of that full name, or `None`."""
    return _named().get(name.casefold())


@cache
def _regions() -> dict[str, Region]:
    table = tomllib.loads(files("tracker.countries").joinpath("regions.toml").read_text("utf-8"))
    return {
        code: Region(
            id=code, name=row["name"], people=tuple(row.get("people", ())), short=row.get("short", "")
        )
        for code, row in table.items()
    }


@cache
def _named() -> dict[str, Region]:
    return {one.name.casefold(): one for one in _regions().values()}
