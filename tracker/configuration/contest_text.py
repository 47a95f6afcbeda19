"""A contest written as TOML, as a person would: what the country data says is left out, one line an elector.

`contest_file` reads it back to an equal `Contest`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum
from importlib.resources import files
from typing import Any

from tracker.configuration.contest_file import well_known_bloc
from tracker.contests import Bloc, Contest, Elector, Electorate, ElectorKind
from tracker.countries import country
from tracker.errors import InputError
from tracker.rules import Rule

WIDTH = 110

# Order of keys where it differs from the record's.
_SPEAKER_KEYS = ("elector", "name", "title", "role", "since", "until", "aliases", "gender")
_ELECTOR_KEYS = (
    *("id", "kind", "name", "joined", "left", "votes", "veto", "weight", "affiliation", "office"),
    *("aliases", "adjectives", "people", "seats", "gender"),
)


def write(contest: Contest, comments: Mapping[str, str] | None = None) -> str:
    """The contest file's text, with a last newline.

    comments  by elector's id or by the name of a table ("rule"): words to set above its line
    """
    notes = comments or {}
    lines = [*_comment(notes.get("", ""))]
    lines += _pairs(contest, ("id", "title", "post", "key_terms", "places", "incumbent"))
    lines += _pairs(contest, ("opened", "nominations_close", "closed", "takes_office", "note"))
    lines += ["", "[body]", *_pairs(contest.body)]
    lines += ["", *_comment(notes.get("rule", "")), "[rule]", *_rule(contest.rule)]
    for candidate in contest.candidates:
        lines += ["", *_comment(notes.get(candidate.id, "")), "[[candidates]]", *_pairs(candidate)]
    lines += ["", "[roster]", *_roster(contest, notes)]
    return "\n".join(lines) + "\n"


def template(contest_id: str) -> str:
    """The text of a new contest file under that id, each key explained; it is sound as it stands.

    Raises InputError when the id is none.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", contest_id):
        raise InputError("id", f"not an id: {contest_id!r} (lower-case letters, digits and hyphens)")
    shipped = files("tracker.configuration").joinpath("default", "contests", "template")
    return shipped.read_text("utf-8").replace("harbour-master-2030", contest_id)


def _roster(contest: Contest, notes: Mapping[str, str]) -> Iterator[str]:
    kinds = {elector.kind for elector in contest.electors}
    kind = kinds.pop() if len(kinds) == 1 else ElectorKind.STATE
    if kind is not ElectorKind.STATE:
        yield f"kind = {_value(kind)}"
    yield from _list("electors", (_elector(e, kind, notes) for e in contest.electors))
    if contest.speakers:
        yield from _list("speakers", ([_inline(s, _SPEAKER_KEYS)] for s in contest.speakers))
    blocs = [_bloc(b, contest.opened) for b in contest.blocs]
    if blocs and all(text.startswith('"') for text in blocs):
        yield f"blocs = [{', '.join(blocs)}]"
    elif blocs:
        yield from _list("blocs", ([text] for text in blocs))
    if contest.electorates:
        yield from _list("electorates", ([_electorate(each)] for each in contest.electorates))


def _electorate(electorate: Electorate) -> str:
    pairs = [(key, getattr(electorate, key)) for key in ("id", "name", "members")]
    texts = [f"{key} = {_value(value)}" for key, value in pairs if value]
    if electorate.terms:
        terms = ", ".join(_inline(term, ("elector", "since", "until")) for term in electorate.terms)
        texts.append(f"terms = [{terms}]")
    return "{ " + ", ".join(texts) + " }"


def _rule(rule: Rule) -> Iterator[str]:
    keys = tuple(f.name for f in fields(rule) if f.name != "parts")
    yield from _pairs(rule, keys)
    if rule.parts:
        part_keys = tuple(f.name for f in fields(rule.parts[0]))
        yield from _list("parts", ([_inline(part, part_keys)] for part in rule.parts))


def _list(key: str, entries: Iterable[list[str]]) -> Iterator[str]:
    """A list over several lines; of an entry's lines the last is the value, those before it comments."""
    yield f"{key} = ["
    for *comment, value in entries:
        yield from (f"    {line}" for line in comment)
        yield f"    {value},"
    yield "]"


def _elector(elector: Elector, kind: ElectorKind, notes: Mapping[str, str]) -> list[str]:
    known = country(elector.id) if elector.kind is ElectorKind.STATE else None
    skipped = {"name"} if known is not None and known.name == elector.name else set()
    if elector.kind is kind:
        skipped.add("kind")
    shown = {"kind": elector.kind} if elector.kind is not kind else {}
    note = notes.get(elector.id, "")
    return [*_comment(note, WIDTH - 4), _inline(elector, _ELECTOR_KEYS, skipped=skipped, shown=shown)]


def _bloc(bloc: Bloc, opened: date | None) -> str:
    known = well_known_bloc(bloc.id, opened)
    if known is None:
        return _inline(bloc, ("id", "name", "members", "aliases", "binds"))
    if bloc == known:
        return _value(bloc.id)
    added = {"id": bloc.id}
    if bloc.name != known.name:
        added["name"] = bloc.name
    more: dict[str, Any] = dict(added)
    if bloc.members != known.members:
        more["members"] = bloc.members
    extra = tuple(alias for alias in bloc.aliases if alias not in known.aliases)
    if extra:
        more["aliases"] = extra
    if bloc.binds:
        more["binds"] = True
    return _braced(more.items())


def _inline(
    record: Any,
    keys: tuple[str, ...],
    *,
    skipped: set[str] | None = None,
    shown: Mapping[str, Any] | None = None,
) -> str:
    forced = shown or {}
    pairs = [
        (key, forced.get(key, getattr(record, key)))
        for key in keys
        if key not in (skipped or set()) and (key in forced or not _is_default(record, key))
    ]
    return _braced(pairs)


def _braced(pairs: Iterable[tuple[str, Any]]) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in pairs) + " }"


def _pairs(record: Any, keys: tuple[str, ...] = ()) -> Iterator[str]:
    for key in keys or tuple(f.name for f in fields(record)):
        if not _is_default(record, key):
            yield from _pair(key, getattr(record, key))


def _pair(key: str, value: Any) -> Iterator[str]:
    line = f"{key} = {_value(value)}"
    if len(line) <= WIDTH or not isinstance(value, tuple):
        yield line
        return
    yield f"{key} = ["
    row = "   "
    for item in value:
        text = f" {_value(item)},"
        if len(row) + len(text) > WIDTH:
            yield row
            row = "   "
        row += text
    yield row
    yield "]"


def _is_default(record: Any, key: str) -> bool:
    field = next(f for f in fields(record) if f.name == key)
    return field.default is not MISSING and getattr(record, key) == field.default


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case StrEnum():
            return _value(value.value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case date():
            return value.isoformat()
        case tuple():
            return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value)


def _comment(text: str, width: int = WIDTH) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, initial_indent="# ", subsequent_indent="# ") if text else []
