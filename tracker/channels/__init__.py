"""Channels: where alerts go. One file a channel; `CHANNELS` has their names.

channel = CHANNELS["webhook"](setup)
channel.send(alert)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from tracker.alerts import Alert
from tracker.channels.rendering import Names
from tracker.channels.setup import Recent, Setup

__all__ = ["CHANNELS", "Channel", "Names", "Recent", "Setup"]


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
