"""Verbs: which there are, where each lives, and the options that all of them share."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import click

from tracker.clock import parse, parse_end

FORMATS = ("table", "json", "ndjson", "csv")


@dataclass(frozen=True, slots=True)
class Line:
    """A verb in the overview: the module of `tracker.cli` that holds it, and its line of help.

    The line stands here and not in the module, so that the overview loads none of them.
    """

    module: str
    help: str


GROUPS: Mapping[str, Mapping[str, Line]] = MappingProxyType(
    {
        "Watch": {
            "run": Line("watching", "The daemon: poll the feeds, send the alerts, serve the page."),
            "poll": Line("watching", "One round over the feeds, then stop."),
            "ingest": Line("taking", "Take items from feed files, items JSONL or plain texts."),
        },
        "Ask": {
            "status": Line("asking", "Who stands where toward each candidate, and who is missing."),
            "holdouts": Line("asking", "The electors a candidate still lacks."),
            "path": Line(
                "deciding", "The shortest way to a decision: whose change would decide, and who can block."
            ),
            "why": Line("asking", "What an elector's standing rests on, word for word."),
            "diff": Line("asking", "What changed between two dates."),
            "ballot": Line("voting", "Rounds of voting: list, open, vote, count."),
            "candidacy": Line("voting", "Candidacies: list, record."),
            "counts": Line("asking", "Numbers of supporters told without all their names."),
            "log": Line("logbook", "The events, oldest first."),
        },
        "Alert": {
            "alerts": Line("alerting", "Changes of standing, and whether they were sent."),
        },
        "Correct": {
            "record": Line("correcting", "Enter a stance that no feed told."),
            "retract": Line("correcting", "Take a report out of the reckoning."),
            "reinstate": Line("correcting", "Let a retracted report count again."),
            "confirm": Line("correcting", "Say that a report was checked and stands."),
        },
        "Set up": {
            "contest": Line("contesting", "Contest files: list, show, check, import, init; decide a race."),
            "feeds": Line("feeding", "The feeds and their health: list, check, export, import."),
        },
        "Take out": {
            "export": Line("exporting", "Rows for a spreadsheet, a notebook, or another field's tools."),
            "backtest": Line("backtesting", "Replay items and measure them against what was to come out."),
        },
        "Look after": {
            "extract": Line("reading", "Read items and print the claims; keeps nothing."),
            "reextract": Line("rereading", "Read the kept items again; add what a newer reader finds."),
            "rebuild": Line("upkeep", "Make the read models anew, or check that nothing would change."),
            "verify": Line("upkeep", "Walk the log's hash chain from the first event to the last."),
            "doctor": Line(
                "doctoring",
                "Look at everything: configuration, disk, log, daemon, feeds, alerts; and say what to do.",
            ),
            "healthcheck": Line(
                "doctoring", "Whether a daemon runs on the database and polls when feeds are due: 0, else 1."
            ),
            "backup": Line("keeping", "Copy the database while it is in use, and check the copy."),
            "restore": Line("keeping", "Put a backup in the database's place."),
            "prove": Line("proving", "Write a proof that the log holds an event, for a stranger to check."),
        },
    }
)
VERBS: Mapping[str, Line] = MappingProxyType(
    {name: line for verbs in GROUPS.values() for name, line in verbs.items()}
)


class Moment(click.ParamType[datetime]):
    """A date or time, UTC; a bare date means its end, or with `start` its first moment."""

    name = "date"

    def __init__(self, *, start: bool = False) -> None:
        self._parse = parse if start else parse_end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep a shared option's value; the same option after the verb replaces the one before it."""
    if value is not None and param.name is not None:
        given(ctx)[param.name] = value
        source = ctx.get_parameter_source(param.name)
        if ctx.parent is None and source is click.core.ParameterSource.COMMANDLINE:
            ctx.meta.setdefault("tracker.before", []).append(param.name)


def given(ctx: click.Context) -> dict[str, Any]:
    """Values of the shared options, from before and after the verb and from the environment."""
    return cast(dict[str, Any], ctx.meta.setdefault("tracker.given", {}))


def _shared(flag: str, **attributes: Any) -> Callable[[], click.Option]:
    return lambda: click.Option([flag], expose_value=False, callback=_remember, **attributes)


SHARED: Mapping[str, Callable[[], click.Option]] = MappingProxyType(
    {
        "config": _shared(
            "--config",
            type=click.Path(path_type=Path),
            metavar="FOLDER",
            help="Folder with tracker.toml (./config, else the copy in the package).",
        ),
        "db": _shared(
            "--db",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="The database (by the configuration: tracker.db).",
        ),
        "contest": _shared(
            "--contest", metavar="ID|FILE", help="The contest (by the configuration: its default)."
        ),
        "as_of": _shared(
            "--as-of",
            type=Moment(),
            metavar="DATE",
            help="What was true then, by today's knowledge; a bare date means its end, UTC.",
        ),
        "known_at": _shared(
            "--known-at",
            type=Moment(),
            metavar="DATE",
            help="Only what the log held then; a bare date means its end, UTC.",
        ),
        "format": _shared(
            "--format",
            type=click.Choice(FORMATS),
            help="How to print the data: table (the default), json, ndjson or csv.",
        ),
    }
)
SETTING = ("config", "db")
ASKING = ("config", "db", "contest", "as_of", "known_at", "format")


class ReaderGone(Exception):
    """Whoever read the output has closed it. Not BrokenPipeError, which click would end with 1."""


class Verb(click.Command):
    """A command that takes shared options after its name as well as before it."""

    def __init__(self, *args: Any, shares: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.shares = tuple(shares)
        self.params += [SHARED[name]() for name in self.shares]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                (shared if param.name in self.shares else own).append(record)
        for title, records in (("Options", own), ("Everywhere (also before the verb)", shared)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, on one line however long, so that it can be copied."""
        title, _, command = (self.epilog or "").partition(": ")
        if command:
            formatter.write(f"\n{title}:\n  {command}\n")

    def invoke(self, ctx: click.Context) -> Any:
        for name in ctx.meta.get("tracker.before", ()):
            if name not in self.shares and name not in SETTING:
                flag = "--" + name.replace("_", "-")
                raise click.UsageError(f"{ctx.command_path} takes no {flag}: it would change nothing", ctx)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError as error:
            raise ReaderGone from error


class Family(click.Group):
    """A verb with verbs of its own (`tracker feeds check`); alone, or with options only, it lists."""

    command_class = Verb

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not any(not arg.startswith("-") and arg in self.commands for arg in args) and not any(
            arg in ctx.help_option_names for arg in args
        ):
            first = args[0] if args else ""
            if not first or first.startswith("-"):
                args = ["list", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each verb with the whole first line of its help."""
        with formatter.section("Verbs"):
            formatter.write_dl(
                [(name, (command.help or "").partition("\n")[0]) for name, command in self.commands.items()]
            )


class Overview(click.Group):
    """The program: its verbs in groups, each loaded when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*VERBS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        line = VERBS.get(cmd_name)
        if line is None:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"tracker.cli.{line.module}")
        return cast(click.Command, getattr(module, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = difflib.get_close_matches(name, self.list_commands(ctx), n=2)
            hint = f"; did you mean {' or '.join(near)}?" if near else "; `tracker help` lists them"
            raise click.UsageError(f"no verb {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        longest = max(len(name) for name in VERBS)
        for title, verbs in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(longest), line.help) for name, line in verbs.items()])
