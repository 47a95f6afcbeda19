"""The outbox: alerts found, and their way to each channel.

An alert is queued in the transaction that stores its events, so none is sent before it is stored
and none is lost; it is sent at least once, and its key lets the receiver drop a repeat.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tracker.alerts import Alert, AlertState
from tracker.clock import parse, sortable
from tracker.errors import UnknownName
from tracker.log.text import storable, storable_record
from tracker.store.database import Database

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Alert)
_PAGE = 500

# What is still under way shows before what is over, and what went wrong before what went well.
_STATE = """coalesce((
    SELECT CASE
        WHEN sum(state = 'failed') THEN 'failed'
        WHEN sum(state = 'queued') THEN 'queued'
        WHEN sum(state = 'dead') THEN 'dead'
        ELSE max(state) END
    FROM deliveries WHERE alert = alerts.number), 'quiet')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert on its way to one channel.

    state        queued, failed (will be tried again), sent or dead
    attempts     tries made so far
    next_try_at  UTC; `None` once sent or dead
    last_error   why the last try failed; empty when none did
    """

    alert: Alert
    channel: str
    state: AlertState
    attempts: int
    next_try_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to send. `status` is HTTP's, where there was one; `outcome` is sent, failed or dead."""

    channel: str
    at: datetime
    outcome: AlertState
    status: int | None
    latency_ms: float | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAlert:
    """An alert and where it stands over all its channels."""

    alert: Alert
    state: AlertState


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """What to list; every condition given must hold. Times: UTC, of `alert.at`, both ends included."""

    key: str | None = None
    contest: str | None = None
    elector: str | None = None
    candidate: str | None = None
    states: tuple[AlertState, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class Outbox:
    """The alerts of the store and their deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, alert: Alert, channels: Sequence[str], *, send: bool) -> bool:
        """Keep an alert, to be sent to each channel unless `send` is False.

        False when one with this key was ever kept: a change is told once. Raises StoreError.
        """
        try:
            data = _encoder.encode(alert)
        except UnicodeEncodeError:
            alert = storable_record(alert)
            data = _encoder.encode(alert)
        at = sortable(alert.at)
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO alerts (key, at, occurred_at, contest, elector, candidate, was, now, data) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (
                    alert.key,
                    at,
                    sortable(alert.occurred_at),
                    alert.contest,
                    alert.elector,
                    alert.candidate,
                    alert.was and alert.was.value,
                    alert.now and alert.now.value,
                    data.decode(),
                ),
            )
            if not cursor.rowcount:
                return False
            if send:
                connection.executemany(
                    "INSERT INTO deliveries (alert, channel, state, attempts, next_try_at) "
                    "VALUES (?, ?, 'queued', 0, ?)",
                    [(cursor.lastrowid, channel, at) for channel in dict.fromkeys(channels)],
                )
        return True

    def due(self, now: datetime, *, channel: str | None = None, limit: int = 100) -> tuple[Delivery, ...]:
        """Deliveries whose time has come, to one channel or to all, the longest due first."""
        rows = self._database.rows(
            f"{_DELIVERIES} WHERE state IN ('queued', 'failed') AND next_try_at <= ? "
            "AND (? IS NULL OR channel = ?) ORDER BY next_try_at, alert, channel LIMIT ?",
            (sortable(now), channel, channel, limit),
        )
        return tuple(map(_delivery, rows))

    def next_due(self) -> datetime | None:
        """When the next delivery is to be tried; `None` when all are sent or given up."""
        (at,) = self._database.row(
            "SELECT min(next_try_at) FROM deliveries WHERE state IN ('queued', 'failed')"
        )
        return None if at is None else parse(at)

    def sent(
        self,
        key: str,
        channel: str,
        at: datetime,
        *,
        status: int | None = None,
        latency_ms: float | None = None,
    ) -> None:
        """The channel took it. Safe to repeat: what is sent stays sent. Raises UnknownName."""
        outcome = AlertState.SENT
        attempt = Attempt(channel=channel, at=at, outcome=outcome, status=status, latency_ms=latency_ms)
        self._tried(key, attempt)

    def failed(
        self,
        key: str,
        channel: str,
        at: datetime,
        error: str,
        *,
        next_try_at: datetime,
        status: int | None = None,
        latency_ms: float | None = None,
    ) -> None:
        """The channel did not take it; it will be tried again at `next_try_at`."""
        outcome = AlertState.FAILED
        attempt = Attempt(
            channel=channel, at=at, outcome=outcome, status=status, latency_ms=latency_ms, error=error
        )
        self._tried(key, attempt, next_try_at)

    def dead(
        self,
        key: str,
        channel: str,
        at: datetime,
        error: str,
        *,
        status: int | None = None,
        latency_ms: float | None = None,
    ) -> None:
        """Given up, until `revive`."""
        outcome = AlertState.DEAD
        attempt = Attempt(
            channel=channel, at=at, outcome=outcome, status=status, latency_ms=latency_ms, error=error
        )
        self._tried(key, attempt)

    def revive(self, now: datetime, *, key: str | None = None, channel: str | None = None) -> int:
        """Queue again what was given up: one alert's, one channel's, or all. How many there were."""
        with self._database.transaction() as connection:
            return connection.execute(
                "UPDATE deliveries SET state = 'queued', attempts = 0, next_try_at = :now, done_at = NULL "
                "WHERE state = 'dead' AND (:channel IS NULL OR channel = :channel) "
                "AND (:key IS NULL OR alert = (SELECT number FROM alerts WHERE key = :key))",
                {"now": sortable(now), "channel": channel, "key": key},
            ).rowcount

    def alerts(
        self, wanted: AlertFilter | None = None, *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[KeptAlert]:
        """Alerts in the order they were found, each with its state. Streams."""
        conditions, values = _conditions(wanted or AlertFilter())
        order, step = ("DESC", "<") if newest_first else ("ASC", ">")
        last = 2**62 if newest_first else 0
        while limit is None or limit > 0:
            size = _PAGE if limit is None else min(_PAGE, limit)
            rows = self._database.rows(
                f"SELECT number, data, {_STATE} AS state FROM alerts "
                f"WHERE {' AND '.join([f'number {step} ?', *conditions])} "
                f"ORDER BY number {order} LIMIT {size}",
                (last, *values),
            )
            for _, data, state in rows:
                yield KeptAlert(alert=_decoder.decode(data), state=AlertState(state))
            if len(rows) < size:
                return
            last = rows[-1][0]
            limit = None if limit is None else limit - len(rows)

    def known(self, key: str) -> bool:
        """Whether an alert of this key was ever kept."""
        return self._database.row("SELECT 1 FROM alerts WHERE key = ?", (key,)) is not None

    def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """The ways of one alert, by channel; empty when it was recorded only, or is not known."""
        rows = self._database.rows(f"{_DELIVERIES} WHERE alerts.key = ? ORDER BY channel", (key,))
        return tuple(map(_delivery, rows))

    def attempts(self, key: str) -> tuple[Attempt, ...]:
        """Every try to send one alert, oldest first."""
        rows = self._database.rows(
            "SELECT channel, attempts.at, outcome, status, latency_ms, error FROM attempts "
            "JOIN alerts ON alerts.number = alert WHERE key = ? ORDER BY attempts.number",
            (key,),
        )
        return tuple(
            Attempt(
                channel=channel,
                at=parse(at),
                outcome=AlertState(outcome),
                status=status,
                latency_ms=latency_ms,
                error=error or "",
            )
            for channel, at, outcome, status, latency_ms, error in rows
        )

    def counts(self) -> dict[AlertState, int]:
        """How many deliveries are in each state; alerts recorded only are counted as quiet."""
        rows = self._database.rows(
            "SELECT state, count(*) FROM deliveries GROUP BY state UNION ALL SELECT 'quiet', count(*) "
            "FROM alerts WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE alert = alerts.number)"
        )
        found = {AlertState(state): int(number) for state, number in rows}
        return {state: found.get(state, 0) for state in AlertState}

    def _tried(self, key: str, attempt: Attempt, next_try_at: datetime | None = None) -> None:
        at, error = sortable(attempt.at), storable(attempt.error) or None
        outcome = attempt.outcome.value
        with self._database.transaction() as connection:
            number = self._number(connection, key)
            connection.execute(
                "UPDATE deliveries SET state = ?, attempts = attempts + 1, next_try_at = ?, done_at = ?, "
                "last_error = ? WHERE alert = ? AND channel = ? AND state <> 'sent'",
                (
                    outcome,
                    None if next_try_at is None else sortable(next_try_at),
                    at if next_try_at is None else None,
                    error,
                    number,
                    attempt.channel,
                ),
            )
            connection.execute(
                "INSERT INTO attempts (alert, channel, at, outcome, status, latency_ms, error) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    attempt.channel,
                    at,
                    outcome,
                    attempt.status,
                    attempt.latency_ms,
                    error,
                ),
            )

    def _number(self, connection: sqlite3.Connection, key: str) -> int:
        row = connection.execute("SELECT number FROM alerts WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise UnknownName("alert", key, where=str(self._database.path))
        return int(row[0])


_DELIVERIES = (
    "SELECT data, channel, state, attempts, next_try_at, last_error "
    "FROM deliveries JOIN alerts ON alerts.number = alert"
)


def _delivery(row: Any) -> Delivery:
    data, channel, state, attempts, next_try_at, last_error = row
    return Delivery(
        alert=_decoder.decode(data),
        channel=channel,
        state=AlertState(state),
        attempts=attempts,
        next_try_at=None if next_try_at is None else parse(next_try_at),
        last_error=last_error or "",
    )


def _conditions(wanted: AlertFilter) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    for column in ("key", "contest", "elector", "candidate"):
        value = getattr(wanted, column)
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(str(value))
    for end, sign in (("since", ">="), ("until", "<=")):
        moment = getattr(wanted, end)
        if moment is not None:
            conditions.append(f"at {sign} ?")
            values.append(sortable(moment))
    if wanted.states:
        conditions.append(f"{_STATE} IN ({', '.join('?' * len(wanted.states))})")
        values += [state.value for state in wanted.states]
    return conditions, values
