"""A contest file: TOML read into a `Contest`, refused whole with every fault, or taken with warnings.

    id, title, post, key_terms, places, incumbent, opened, nominations_close, closed, takes_office, note
    [body]          whose post it is
    [rule]          how it decides (`rules.Rule`)
    [[candidates]]  who may get it (`contests.Candidate`)
    [roster]        electors and speakers, one line each; blocs, by id when well known; electorates

The keys of a table are the fields of its record in `tracker/contests.py`; config/contests/template
explains them for a writer.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tracker.configuration.contest_checks import check_contest
from tracker.configuration.lines import placed
from tracker.configuration.tables import Findings, below, near, read_table
from tracker.contests import Bloc, Body, Candidate, Contest, Elector, Electorate, ElectorKind, Speaker
from tracker.countries import BLOCS, country
from tracker.errors import ConfigError, Fault
from tracker.rules import Rule
from tracker.stances import ContestId, ElectorId

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look at a contest file found.

    contest   as read; `None` when there are faults
    faults    why the file is refused, in file order
    warnings  what to look at though the file is good: offices without a holder, unused weights
    """

    path: str
    contest: Contest | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def read_contest(path: Path) -> Contest:
    """The contest in a file. Raises ConfigError with every fault in it: key, line, what would be right."""
    return _sound(check(path))


def read_text(text: str, name: str) -> Contest:
    """As `read_contest`, from text; `name` stands for the file in what is raised."""
    return _sound(check_text(text, name))


def _sound(checked: Checked) -> Contest:
    if checked.contest is None:
        raise ConfigError(checked.path, checked.faults)
    return checked.contest


def check(path: Path, *, today: date | None = None) -> Checked:
    """Everything wrong or doubtful in a contest file; raises nothing.

    today  UTC; the day on which offices should have a holder (the contest's last day, when that is
           earlier); `None`: that is not looked at
    """
    try:
        text = read_utf8(path)
    except ConfigError as error:
        return Checked(path=str(path), contest=None, faults=error.faults, warnings=())
    return check_text(text, str(path), today=today)


def check_text(text: str, name: str, *, today: date | None = None) -> Checked:
    """As `check`, from text; `name` stands for the file."""
    found = Findings.none()
    try:
        table = parse_toml(text, name)
    except ConfigError as error:
        return Checked(path=name, contest=None, faults=error.faults, warnings=())
    contest = _contest(table, found, today)
    return Checked(
        path=name,
        contest=None if found.faults else contest,
        faults=placed(found.faults, text),
        warnings=placed(found.warnings, text),
    )


def read_utf8(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError when there is none to read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problem = "no such file"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text (byte {error.start})"
    raise ConfigError(str(path), (Fault(key="", problem=problem),))


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The table that a TOML text holds. Raises ConfigError, with the line, when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _AT_LINE.search(str(error))
        line = int(where[1]) if where and where[1] else text.count("\n") + 1
        problem = f"not TOML: {_AT_LINE.sub('', str(error))}"
        raise ConfigError(name, (Fault(key="", problem=problem, line=line),)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The keys of the file outside the roster."""

    id: ContestId
    title: str
    post: str
    body: Body
    rule: Rule
    candidates: tuple[Candidate, ...] = ()
    key_terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    incumbent: str = ""
    opened: date | None = None
    closed: date | None = None
    nominations_close: date | None = None
    takes_office: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Roster:
    """The keys of [roster]. `kind` is that of every elector that says none."""

    electors: tuple[Elector, ...]
    speakers: tuple[Speaker, ...] = ()
    electorates: tuple[Electorate, ...] = ()
    kind: ElectorKind = ElectorKind.STATE


def _contest(table: dict[str, Any], found: Findings, today: date | None) -> Contest:
    """The contest, with stand-ins for what is missing or wrong: of use only when no fault was added."""
    head = read_table(table, _Head, "", found, also=frozenset({"roster"}))
    if "roster" not in table:
        found.fault("roster", "missing: who decides?")
    tables = table.get("roster", {})
    roster = read_table(tables, _Roster, "roster", found, also=frozenset({"blocs"}))
    listed = tables.get("electors") if isinstance(tables, dict) else None
    written = listed if isinstance(listed, list) else ()
    contest = Contest(
        id=head.id,
        title=head.title,
        post=head.post,
        body=head.body,
        rule=head.rule,
        candidates=head.candidates,
        electors=tuple(_named(e, t, roster.kind) for e, t in zip(roster.electors, written, strict=False)),
        speakers=roster.speakers,
        blocs=_blocs(tables, _day(table), found),
        electorates=roster.electorates,
        key_terms=head.key_terms,
        places=head.places,
        incumbent=head.incumbent,
        opened=head.opened,
        closed=head.closed,
        nominations_close=head.nominations_close,
        takes_office=head.takes_office,
        note=head.note,
    )
    check_contest(contest, found, table, today)
    return contest


def _named(elector: Elector, table: object, kind: ElectorKind) -> Elector:
    """With the roster's kind, and for a state with its country's name, where the line says none."""
    kind = elector.kind if isinstance(table, dict) and "kind" in table else kind
    known = country(elector.id) if kind is ElectorKind.STATE and not elector.name else None
    return replace(elector, kind=kind, name=known.name if known else elector.name)


def _day(table: dict[str, Any]) -> date | None:
    """The day at which well-known blocs are taken: when the race opens; `None`: the present membership."""
    opened = table.get("opened")
    return opened if type(opened) is date else None


def _blocs(tables: object, day: date | None, found: Findings) -> tuple[Bloc, ...]:
    if not isinstance(tables, dict) or "blocs" not in tables:
        return ()
    stored = tables["blocs"]
    if not isinstance(stored, list):
        found.fault("roster.blocs", "expected a list of ids or tables")
        return ()
    blocs = []
    for index, entry in enumerate(stored):
        bloc = _bloc(entry, f"roster.blocs[{index}]", day, found)
        if bloc is not None:
            blocs.append(bloc)
    return tuple(blocs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _BlocTable:
    """A bloc in full, or what a contest adds to a well-known one (then `name` may be missing)."""

    id: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    members: tuple[ElectorId, ...] = ()
    binds: bool = False


def _bloc(entry: object, key: str, day: date | None, found: Findings) -> Bloc | None:
    if isinstance(entry, str):
        known = well_known_bloc(entry, day)
        if known is None:
            likely = near(entry, tuple(BLOCS))
            hint = (
                f"did you mean {' or '.join(map(repr, likely))}?" if likely else f"known: {' '.join(BLOCS)}"
            )
            found.fault(
                key, f"no well-known bloc {entry!r}; {hint} (or give a table with its name and members)"
            )
        return known
    table = read_table(entry, _BlocTable, key, found)
    known = well_known_bloc(table.id, day)
    if known is None and not table.name:
        found.fault(below(key, "name"), "missing (the bloc is not a well-known one)")
        return None
    if known is None:
        return Bloc(
            id=table.id, name=table.name, aliases=table.aliases, members=table.members, binds=table.binds
        )
    given = entry if isinstance(entry, dict) else {}
    return Bloc(
        id=table.id,
        name=table.name or known.name,
        aliases=tuple(dict.fromkeys((*known.aliases, *table.aliases))),
        members=table.members if "members" in given else known.members,
        binds=table.binds,
    )


def well_known_bloc(key: str, day: date | None) -> Bloc | None:
    """A bloc of the country data, with its members on that day, as a contest holds it."""
    known = BLOCS.get(key)
    if known is None:
        return None
    members = tuple(ElectorId(state) for state in known.members(day))
    return Bloc(id=key, name=known.name, aliases=known.aliases, members=members)
