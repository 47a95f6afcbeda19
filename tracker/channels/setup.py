"""What a channel is made of, the same for every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tracker.alerts import Alert
from tracker.channels.rendering import Names
from tracker.clock import Clock

Recent = Callable[[int], Iterable[Alert]]


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
