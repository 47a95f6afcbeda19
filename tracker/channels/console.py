"""The console: an alert as lines on standard error or output."""

from __future__ import annotations

import sys

from tracker.alerts import Alert
from tracker.channels.rendering import message
from tracker.channels.setup import Setup
from tracker.errors import DeliveryError


class Console:
    """Writes the headline as a line of its own, and the words it rests on indented below it."""

    def __init__(self, setup: Setup) -> None:
        self.name = setup.name
        self._names = setup.names
        self._stream = setup.stream

    def send(self, alert: Alert) -> None:
        """As `Channel.send`. A repeat is written again; a reader sees that it is the same."""
        # Looked up at each use: a program may have put another stream there.
        stream = sys.stdout if self._stream == "stdout" else sys.stderr
        try:
            stream.write(message(alert, self._names).replace("\n", "\n    ") + "\n")
            stream.flush()
        except (OSError, ValueError) as error:
            raise DeliveryError(self.name, f"cannot write to {self._stream}: {error}") from error

    def close(self) -> None:
        """The stream is not ours to close."""
