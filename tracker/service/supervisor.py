"""What the daemon tells systemd (sd_notify, https://www.freedesktop.org/software/systemd/man/sd_notify.html):
ready, reloading, stopping, and at intervals that polling makes progress."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """Whoever started the daemon and wants to hear of it.

    address     of its socket (NOTIFY_SOCKET); empty: nobody listens, and telling does nothing
    watchdog_s  how long it waits for a sign of life before it restarts the daemon; `None`: for ever
    """

    address: str = ""
    watchdog_s: float | None = None

    @property
    def ping_s(self) -> float | None:
        """How often to give a sign of life: twice in its time, as systemd recommends."""
        return None if self.watchdog_s is None else self.watchdog_s / 2

    def ready(self, status: str) -> None:
        """The daemon does its work; `status` is a line for `systemctl status`."""
        self._tell(f"READY=1\nSTATUS={_one_line(status)}")

    def reloading(self) -> None:
        """A reload was asked for and begins; `ready` ends it."""
        now_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={now_us}")

    def stopping(self) -> None:
        """No new work is begun."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Polling makes progress."""
        self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> None:
        if not self.address:
            return
        # "@" stands for the first byte of an abstract address. A supervisor that does not listen is no
        # reason to stop.
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(message.encode(), address)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def supervisor(address: str, watchdog_us: str) -> Supervisor:
    """From the values of NOTIFY_SOCKET and WATCHDOG_USEC, empty when they are not set."""
    known = address.startswith(("/", "@"))
    microseconds = int(watchdog_us) if watchdog_us.isdigit() else 0
    return Supervisor(
        address=address if known else "", watchdog_s=microseconds / 1e6 if known and microseconds else None
    )
