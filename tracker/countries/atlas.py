"""The countries and well-known blocs that ship with the package, read when first asked for."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tracker.countries.forms import FormKind, NameForm, UnSeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A state with all its forms.

    id      ISO 3166-1 alpha-2, lower case ("gb", "gr"; "xk" for Kosovo)
    name    its English name, to be shown
    """

    id: str
    name: str
    seat: UnSeat

    @property
    def forms(self) -> tuple[NameForm, ...]:
        """By kind, then language, then as listed; one form of a kind and language stands once.

        Made when first asked for: a contest file needs the names of its states, not all their forms.
        """
        return _forms_of(self.id)

    def texts(self, kind: FormKind, lang: str | None = None) -> tuple[str, ...]:
        """The texts of one kind, in one language or all, each once."""
        found = (f.text for f in self.forms if f.kind is kind and lang in (None, f.lang))
        return tuple(dict.fromkeys(found))


class _Countries(Mapping[str, Country]):
    """Id to country."""

    def __getitem__(self, key: str) -> Country:
        return _country(key)

    def __iter__(self) -> Iterator[str]:
        return iter(_stored())

    def __len__(self) -> int:
        return len(_stored())

    def __contains__(self, key: object) -> bool:
        return key in _stored()


COUNTRIES: Mapping[str, Country] = _Countries()


def country(key: str) -> Country | None:
    """The country of that id (ISO 3166-1 alpha-2, lower case), or `None`."""
    return _country(key) if key in _stored() else None


@cache
def _stored() -> dict[str, dict[str, Any]]:
    text = files("tracker.countries").joinpath("countries.json").read_text("utf-8")
    countries: dict[str, dict[str, Any]] = json.loads(text)
    return countries


@cache
def _country(key: str) -> Country:
    stored = _stored()[key]
    return Country(id=key, name=stored["name"], seat=UnSeat(stored["seat"]))


@cache
def _forms_of(key: str) -> tuple[NameForm, ...]:
    return tuple(_forms(_stored()[key]["forms"]))


def _forms(stored: dict[str, dict[str, list[str]]]) -> Iterator[NameForm]:
    """A stored text begins with "!" when ambiguous, then "+" when it can be a plural."""
    for kind_text, by_language in stored.items():
        kind = FormKind(kind_text)
        for lang, texts in by_language.items():
            for text in texts:
                if text[0] not in "!+":
                    yield NameForm(text=text, kind=kind, lang=lang)
                    continue
                ambiguous = text[0] == "!"
                rest = text[1:] if ambiguous else text
                plural = rest[0] == "+"
                yield NameForm(
                    text=rest[1:] if plural else rest,
                    kind=kind,
                    lang=lang,
                    plural=plural,
                    ambiguous=ambiguous,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBloc:
    """A group of states with its names and its membership over time.

    terms   (state, first day or `None`, last day or `None`), both days included
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    terms: tuple[tuple[str, date | None, date | None], ...]

    def members(self, day: date | None = None) -> tuple[str, ...]:
        """Ids of the members on that day; without a day, of those whose term is still open. Sorted."""
        if day is None:
            return tuple(sorted(state for state, _, until in self.terms if until is None))
        return tuple(
            sorted(
                state
                for state, since, until in self.terms
                if (since is None or since <= day) and (until is None or day <= until)
            )
        )


class _Blocs(Mapping[str, KnownBloc]):
    def __getitem__(self, key: str) -> KnownBloc:
        return _blocs()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_blocs())

    def __len__(self) -> int:
        return len(_blocs())


BLOCS: Mapping[str, KnownBloc] = _Blocs()


def bloc(key: str) -> KnownBloc | None:
    """The well-known bloc of that id, or `None`."""
    return _blocs().get(key)


@cache
def _blocs() -> dict[str, KnownBloc]:
    stored = tomllib.loads(files("tracker.countries").joinpath("blocs.toml").read_text("utf-8"))
    return {
        key: KnownBloc(
            id=key,
            name=table["name"],
            aliases=tuple(table.get("aliases", ())),
            terms=tuple(_term(state, since) for state, since in table["members"].items()),
        )
        for key, table in stored.items()
    }


def _term(state: str, since: date | list[date] | bool) -> tuple[str, date | None, date | None]:
    """A day: member since then; two days: from, to; true: since ever."""
    if isinstance(since, list):
        return (state, since[0], since[1])
    return (state, None if isinstance(since, bool) else since, None)
