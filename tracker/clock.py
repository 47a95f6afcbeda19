"""Time: the one module that reads it, and the one form it has at every border (UTC, ISO 8601)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol


class Clock(Protocol):
    """Whatever tells the time; passed in, so that a test or a replay can set it."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is set: a replay follows the dates of its items with it."""

    def __init__(self, at: datetime) -> None:
        self._at = utc(at)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        self._at = utc(at)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError on a naive one: a time without zone is no time."""
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {moment.isoformat()}")
    return moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with a Z; fixed width to the microsecond only when there are any.

    Texts of whole seconds and of fractions do not sort together; the store keeps microseconds
    in all of them (`sortable`) where it orders by text.
    """
    return utc(moment).isoformat().replace("+00:00", "Z")


def sortable(moment: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds, so that texts sort as moments do."""
    if moment.tzinfo is not UTC:
        moment = utc(moment)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


def parse(text: str) -> datetime:
    """A moment from ISO 8601; a bare date or a time without zone is read as UTC.

    Raises ValueError, naming the text.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"not a date or time: {text!r} (expected 2024-06-18 or 2024-06-18T14:00:00Z)"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else utc(moment)


def parse_end(text: str) -> datetime:
    """As `parse`, but a bare date means its last microsecond: "as of 18 June" includes the day."""
    stripped = text.strip()
    try:
        day = date.fromisoformat(stripped)
    except ValueError:
        return parse(stripped)
    return end_of_day(day)


def end_of_day(day: date) -> datetime:
    """The last microsecond of a day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
