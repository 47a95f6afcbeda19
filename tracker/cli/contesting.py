"""Contest files: who there is, whether they are right, and how a new one begins."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli import names
from tracker.cli.call import Call, called
from tracker.cli.correcting import SHARES, by_hand, enter
from tracker.cli.exits import Exit
from tracker.cli.output import line, print_csv, print_json, print_lines, print_table, say, show
from tracker.cli.tables import Cell, Column
from tracker.cli.verbs import Family, Verb
from tracker.errors import InputError

if TYPE_CHECKING:
    from tracker.byhand import ByHand
    from tracker.contests import Contest, Elector
    from tracker.events import Event
    from tracker.projection import ContestState

FILE = click.Path(path_type=Path, allow_dash=True)


@click.group(cls=Family)
def contest() -> None:
    """Contest files: list, show, check, import, init; decide a race.

    A contest file says who decides, on whom, by which rule, between which days, and who speaks for whom. The
    configuration takes in every file of its folder `contests`.
    """


@contest.command(
    name="list",
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker contest list --format json",
)
@called
def list_contests(call: Call) -> None:
    """The contests that the configuration holds."""
    default = call.settings.contest
    records = [
        {
            "id": each.id,
            "title": each.title,
            "default": each.id == default,
            "candidates": len(each.candidates),
            "electors": len(each.electors),
            "rule": each.rule.kind,
            "opened": each.opened.isoformat() if each.opened else None,
            "closed": each.closed.isoformat() if each.closed else None,
        }
        for each in call.settings.contests
    ]
    show(
        call.format,
        value=records,
        fields=("id", "title", "default", "candidates", "electors", "rule", "opened", "closed"),
        records=records,
        columns=(
            Column(title="ID"),
            Column(title="TITLE", shrinks=True),
            Column(title="CANDIDATES", right=True),
            Column(title="ELECTORS", right=True),
            Column(title="RULE"),
            Column(title="OPENED"),
            Column(title="CLOSED"),
        ),
        rows=[
            (
                f"{record['id']} *" if record["default"] else str(record["id"]),
                str(record["title"]),
                str(record["candidates"]),
                str(record["electors"]),
                str(record["rule"]),
                str(record["opened"] or ""),
                str(record["closed"] or ""),
            )
            for record in records
        ],
        empty="No contest is configured.",
    )


@contest.command(
    name="check",
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker contest check config/contests/nato-sg-2024.toml",
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@called
def check(call: Call, *, files: tuple[Path, ...]) -> int:
    """Whether contest files are right: every fault with its line and key.

    A fault has the file refused; a warning is worth a look (an office without a holder today, or for weeks of
    the race; a weight that nothing uses). Ends with 3 when a file is refused.
    """
    from tracker.configuration import contest_file

    found = [contest_file.check(path, today=call.now.date()) for path in files]
    records = [
        {"file": each.path, "line": fault.line, "key": fault.key, "level": level, "problem": fault.problem}
        for each in found
        for level, faults in (("fault", each.faults), ("warning", each.warnings))
        for fault in faults
    ]
    match call.format:
        case "json":
            print_json(records)
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(("file", "line", "key", "level", "problem"), records)
        case _:
            for record in records:
                where = f"{record['file']}:{record['line']}" if record["line"] else str(record["file"])
                key = f"{record['key']}: " if record["key"] else ""
                mark = "" if record["level"] == "fault" else "warning: "
                line(f"{where}: {mark}{key}{record['problem']}")
            for each in found:
                if each.contest is not None:
                    line(f"{each.path}: {_size(each.contest)}")
    refused = [each for each in found if each.contest is None]
    if refused:
        faults = sum(len(each.faults) for each in refused)
        say(f"tracker: {len(refused)} of {len(found)} refused, {faults} fault{'s' * (faults != 1)}")
    return Exit.CONFIG if refused else Exit.OK


@contest.command(
    name="import", cls=Verb, shares=("config", "db"),
    epilog="Example: tracker contest import race.json -o config/contests/race.toml",
)  # fmt: skip
@click.argument("file", metavar="FILE.json", type=FILE)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write it there instead of to stdout.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@called
def import_(_call: Call, *, file: Path, output: Path | None, force: bool) -> int:
    """A contest file from JSON in the shape of older research files.

    What the country data knows is left out; what has no place in a contest file stays as a comment. The
    result is checked, and written all the same: what is still wrong is easier to mend in place.
    """
    from tracker.configuration.contest_file import check_text
    from tracker.configuration.contest_json import convert

    name = "stdin" if str(file) == "-" else str(file)
    text = convert(_json(file, name), name)
    checked = check_text(text, name)
    for fault in (*checked.faults, *checked.warnings):
        say(f"{name}: {'' if fault in checked.faults else 'warning: '}{fault}")
    _write(text, output, force=force)
    return Exit.OK if checked.contest is not None else Exit.CONFIG


@contest.command(
    name="init", cls=Verb, shares=("config", "db"),
    epilog="Example: tracker contest init harbour-2030 -o config/contests/harbour-2030.toml",
)  # fmt: skip
@click.argument("id")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write it there instead of to stdout.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@called
def init(_call: Call, *, id: str, output: Path | None, force: bool) -> None:
    """A new contest file to fill in, each key explained.

    ID is the new contest's: lower case, with hyphens, as it will stand in commands and in the log.
    """
    from tracker.configuration.contest_text import template

    _write(template(id), output, force=force)


@contest.command(
    name="show", cls=Verb, shares=("config", "db", "contest", "format"),
    epilog="Example: tracker contest show --contest nato-sg-2024",
)  # fmt: skip
@called
def show_contest(call: Call) -> None:
    """One contest as the configuration has it: the post, the rule, who may get it, who decides."""
    found = call.configured_contest()
    electors = [_elector(found, each) for each in found.electors]
    match call.format:
        case "json":
            import msgspec

            print_json(msgspec.to_builtins(found))
        case "ndjson":
            print_lines(electors)
        case "csv":
            print_csv(tuple(electors[0]), electors)
        case _:
            line(f"{found.title} ({found.id})")
            line(f"Post: {found.post}, {found.body.name}. Rule: {found.rule.kind}. {_size(found)}.")
            if found.opened or found.closed:
                line(f"From {found.opened or 'an open date'} to {found.closed or 'an open date'}.")
            line()
            print_table(
                (Column(title="CANDIDATE"), Column(title="NAME", shrinks=True), Column(title="STATUS")),
                [(each.id, each.name, each.status.value) for each in found.candidates],
            )
            line()
            print_table(
                (
                    Column(title="ELECTOR"),
                    Column(title="NAME", shrinks=True),
                    Column(title="JOINED"),
                    Column(title="LEFT"),
                    Column(title="WEIGHT", right=True),
                    Column(title="VETO"),
                    Column(title="SPEAKERS", shrinks=True),
                ),
                [
                    (
                        str(each["id"]),
                        str(each["name"]),
                        str(each["joined"] or ""),
                        str(each["left"] or ""),
                        f"{each['weight']:g}",
                        Cell("veto") if each["veto"] else "",
                        ", ".join(each["speakers"]),
                    )
                    for each in electors
                ],
            )


@contest.command(
    name="decide", cls=Verb, shares=SHARES,
    epilog='Example: tracker contest decide mark-rutte --date 2024-06-26 --by "A. Editor" '
    '--why "decision of the North Atlantic Council"',
)  # fmt: skip
@click.argument("candidate")
@by_hand
@called
def decide(call: Call, *, candidate: str, hand: ByHand, quiet: bool) -> None:
    """Say that the body has chosen: the race is over.

    An event of the log, as every correction is.
    """
    from tracker import assessment

    def event(state: ContestState) -> Event:
        chosen = names.candidate_id([state.roster], candidate)
        return assessment.decide(state, chosen, hand=hand)

    enter(call, event, quiet=quiet)


def _size(found: Contest) -> str:
    return (
        f"{len(found.candidates)} candidates, {len(found.electors)} electors, {len(found.speakers)} speakers"
    )


def _elector(found: Contest, elector: Elector) -> dict[str, Any]:
    return {
        "id": elector.id,
        "name": elector.name or elector.id,
        "kind": elector.kind.value,
        "joined": elector.joined.isoformat() if elector.joined else None,
        "left": elector.left.isoformat() if elector.left else None,
        "votes": elector.votes,
        "weight": elector.weight,
        "veto": elector.veto,
        "speakers": [speaker.name for speaker in found.speakers if speaker.elector == elector.id],
    }


def _json(file: Path, name: str) -> object:
    try:
        return json.loads(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(name, f"not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{error.lineno}", f"not JSON: {error.msg}") from error


def _write(text: str, output: Path | None, *, force: bool) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(str(output), "there is such a file; --force replaces it") from None
    except OSError as error:
        raise InputError(str(output), f"cannot be written: {error.strerror}") from error
    say(f"Written: {output}. `tracker contest check {output}` says whether it is right.")
