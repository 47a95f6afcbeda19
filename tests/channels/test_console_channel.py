"""The console channel, on a real stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

from tracker.alerts import Alert
from tracker.channels import CHANNELS, Setup
from tracker.errors import DeliveryError


@pytest.mark.parametrize("stream", ["stderr", "stdout"])
def test_an_alert_is_one_line_with_its_words_indented_below(
    alert: Callable[..., Alert], setup: Callable[..., Setup], capfd: pytest.CaptureFixture[str], stream: str
) -> None:
    CHANNELS["console"](setup(stream=stream)).send(alert())
    written = capfd.readouterr()
    lines = (written.out if stream == "stdout" else written.err).splitlines()
    assert lines[0] == "Hungary now backs First One (was: opposes): 2 of 3, Romania remains"
    assert lines[1:] and all(line.startswith("    ") for line in lines[1:])
    assert (written.err if stream == "stdout" else written.out) == ""


def test_a_reader_who_has_gone_is_a_failed_delivery_to_be_tried_again(
    alert: Callable[..., Alert], setup: Callable[..., Setup]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    kept = sys.stdout
    # Closing the pipe flushes what nobody reads any more.
    with suppress(BrokenPipeError), os.fdopen(writing, "w") as pipe:
        sys.stdout = pipe
        try:
            with pytest.raises(DeliveryError, match="desk: cannot write to stdout") as caught:
                CHANNELS["console"](setup(stream="stdout")).send(alert())
        finally:
            sys.stdout = kept
    assert not caught.value.permanent
