"""One call of the program: its shared options, and what they open, each opened once and closed at the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from tracker.cli import names
from tracker.cli.verbs import given
from tracker.clock import SystemClock
from tracker.stances import ContestId

if TYPE_CHECKING:
    from tracker.configuration.settings import Settings
    from tracker.contests import Contest
    from tracker.log import Head
    from tracker.projection import ContestState, Policy
    from tracker.store import Store

P = ParamSpec("P")
R = TypeVar("R")


class Call:
    """What one command was asked with. Nothing is opened before it is needed."""

    def __init__(self, ctx: click.Context) -> None:
        self._ctx = ctx
        self._given = given(ctx)
        self.clock = SystemClock()

    @property
    def format(self) -> str:
        """table, json, ndjson or csv."""
        return str(self._given.get("format", "table"))

    def format_or(self, default: str) -> str:
        """The format asked for, for a verb whose own default is not a table."""
        return str(self._given.get("format", default))

    @cached_property
    def now(self) -> datetime:
        """When the command began; one moment for all of it."""
        return self.clock.now()

    @property
    def as_of(self) -> datetime:
        """The moment asked about: `--as-of`, else now."""
        return self.as_of_given or self.now

    @property
    def as_of_given(self) -> datetime | None:
        """`--as-of`, or `None`."""
        return self._given.get("as_of")

    @property
    def known_at(self) -> datetime | None:
        """`--known-at`; `None`: all that the log holds."""
        return self._given.get("known_at")

    @property
    def contest_given(self) -> str | None:
        """`--contest`, an id or a file, or `None`."""
        return self._given.get("contest")

    @cached_property
    def settings(self) -> Settings:
        """The configuration, with the database that `--db` names. Raises ConfigError."""
        return self.read_settings()

    def read_settings(self) -> Settings:
        """As `settings`, read anew."""
        from tracker.configuration.settings import load

        settings = load(self._given.get("config"), os.environ)
        named: Path | None = self._given.get("db")
        return settings if named is None else replace(settings, database=named.resolve())

    @property
    def policy(self) -> Policy:
        """How evidence is weighed, by the configuration."""
        return self.settings.policy

    def channels(self, contest: str) -> tuple[str, ...]:
        """The names of the channels that alerts of the contest go to."""
        return tuple(
            channel.name
            for channel in self.settings.channels
            if channel.enabled and (not channel.contests or contest in channel.contests)
        )

    @property
    def database(self) -> Path:
        """The database's path."""
        given_path: Path | None = self._given.get("db")
        return given_path if given_path is not None else self.settings.database

    def store(self, *, write: bool = False, create: bool = True, weigh: bool = False) -> Store:
        """The database, for reading, or for writing (and then made when there is none and `create`).

        weigh  True: its read models will be asked, so the policy must be known; it is when writing
        Raises StoreError and its kinds, GuardMissing, ConfigError.
        """
        from tracker.projection import DEFAULT_POLICY
        from tracker.store import open_store

        policy = self.policy if write or weigh else DEFAULT_POLICY
        store = open_store(self.database, read_only=not write, create=write and create, policy=policy)
        self._ctx.call_on_close(store.close)
        return store

    @cached_property
    def contest_file(self) -> Contest | None:
        """The contest that `--contest` gives as a file; `None` when it gives an id, or nothing.

        Raises ConfigError.
        """
        asked = self.contest_given
        if asked is None or not (asked.endswith(".toml") or os.sep in asked):
            return None
        from tracker.configuration.contest_file import read_contest

        return read_contest(Path(asked))

    @property
    def contest_id_given(self) -> ContestId | None:
        """The id that `--contest` names, itself or by its file; `None` when nothing was given."""
        if self.contest_file is not None:
            return self.contest_file.id
        return None if self.contest_given is None else ContestId(self.contest_given)

    @property
    def contest_id(self) -> ContestId:
        """The contest asked about: `--contest`, else the configuration's default."""
        return self.contest_id_given or self.settings.contest

    def configured_contest(self) -> Contest:
        """The contest asked about as the configuration, or the file given, has it.

        Raises UnknownName, ConfigError.
        """
        if self.contest_file is not None:
            return self.contest_file
        for contest in self.settings.contests:
            if contest.id == self.contest_id:
                return contest
        known = [contest.id for contest in self.settings.contests]
        raise names.unknown("contest", self.contest_id, known, where="the configuration")

    def contest_state(self, store: Store, *, standings_only: bool = False) -> ContestState:
        """What the log holds of the contest asked about, known at the moment asked about.

        standings_only  True: the standings will be asked for without their reasons, so that the read models
                        can answer; the store must weigh
        A contest that is configured and not in the log yet is as it was declared: nobody has spoken.
        Raises UnknownName for one that is neither; ConfigError, and what reading the log raises.
        """
        from tracker.events import ContestDeclared, EventId
        from tracker.projection import EMPTY, suppose

        state = None
        if standings_only and self.known_at is None:
            state = store.states.light(self.contest_id)
        if state is None:
            state = store.states.contest(self.contest_id, until=self.head(store).seq)
        if state is not None:
            return state
        roster = self.configured_contest()
        declared = ContestDeclared(contest=roster.id, occurred_at=self.now, producer="", roster=roster)
        state = suppose(EMPTY, [(EventId(""), declared)]).contest(roster.id)
        assert state is not None
        return state

    def head(self, store: Store) -> Head:
        """Where the log ended at the moment asked about."""
        return store.log.head() if self.known_at is None else store.log.head_at(self.known_at)

    def rosters(self, store: Store) -> tuple[Contest, ...]:
        """The contests that the log declares, as last declared: the one given, or all.

        One that is given, configured and not in the log yet comes from the configuration. Raises UnknownName.
        """
        from tracker.events import ContestDeclared
        from tracker.store import LogFilter

        declared: dict[str, Contest] = {}
        wanted = LogFilter(kinds=("contest_declared",), recorded_until=self.known_at)
        for stored in store.log.find(wanted):
            if isinstance(stored.event, ContestDeclared):
                declared[stored.event.contest] = stored.event.roster
        asked = self.contest_id_given
        if asked is None:
            return tuple(declared.values())
        if asked not in declared and self.contest_file is None:
            configured = {contest.id: contest for contest in self.settings.contests}
            if asked not in configured:
                known = [*declared, *configured]
                raise names.unknown("contest", asked, known, where=f"{self.database} and the configuration")
            return (configured[asked],)
        return (declared.get(asked) or self.configured_contest(),)


def called(function: Callable[Concatenate[Call, P], R]) -> Callable[P, R]:
    """Give a verb's function the call it belongs to."""

    @wraps(function)
    def with_call(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(Call(click.get_current_context()), *args, **kwargs)

    return with_call
