"""Channels: where alerts go. One file a channel; `CHANNELS` has their names.

channel = CHANNELS["webhook"](setup)
channel.send(alert)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from tracker.alerts import Alert
from tracker.channels.rendering import Names
from tracker.clock import Clock

__all__ = ["CHANNELS", "Channel", "Names", "Recent", "Setup"]

Recent = Callable[[int], Iterable[Alert]]


class Channel(Protocol):
    """One receiver of alerts. Used by one thread at a time."""

    @property
    def name(self) -> str:
        """What the configuration calls it."""

    def send(self, alert: Alert) -> None:
        """Deliver the alert; `alert.key` lets a receiver drop a repeat, so doing it twice is safe.

        Raises DeliveryError, with `permanent` when another try cannot work and `retry_after_s` set when
        the receiver asked to wait.
        """

    def close(self) -> None:
        """Let go of connections. Safe to repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a channel is made of.

    name       what the configuration calls it; errors and marks of delivery carry it
    names      what electors and candidates are called
    clock      tells the time
    recent     the last N alerts meant to be sent, newest first, for channels that show a list
    url        for channels that send to an address; may hold a secret, as may `headers`: never logged
    path       for channels that write a file
    headers    sent along, for channels that speak HTTP
    signing_key
               signs what is sent, by the scheme of Standard Webhooks; empty: unsigned
    timeout_s  how long one try may wait for the receiver
    stream     "stdout" or "stderr", for the console
    limit      how many alerts a list shows
    title      what a list is called
    """

    name: str
    names: Names
    clock: Clock
    recent: Recent = lambda _limit: ()
    url: str = field(default="", repr=False)
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    signing_key: str = field(default="", repr=False)
    timeout_s: float = 10.0
    stream: str = "stdout"
    limit: int = 100
    title: str = ""


def _console(setup: Setup) -> Channel:
    from tracker.channels.console import Console

    return Console(setup)


def _webhook(setup: Setup) -> Channel:
    from tracker.channels.webhook import Webhook

    return Webhook(setup)


def _atom(setup: Setup) -> Channel:
    from tracker.channels.atom import AtomFile

    return AtomFile(setup)


# Each is imported when it is first asked for: a start without webhooks loads no HTTP client.
CHANNELS: Mapping[str, Callable[[Setup], Channel]] = MappingProxyType(
    {"console": _console, "webhook": _webhook, "atom": _atom}
)
