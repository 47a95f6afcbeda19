"""Exit codes: what a script can tell from the number a command ends with."""

from __future__ import annotations

from enum import IntEnum

from tracker.errors import (
    AlreadyRunning,
    ConfigError,
    DeliveryError,
    FeedError,
    InputError,
    LogError,
    StoreError,
    TrackerError,
    UnknownName,
)


class Exit(IntEnum):
    """The number; `MEANINGS` has its words."""

    OK = 0
    NO = 1
    USAGE = 2
    CONFIG = 3
    STORE = 4
    LOG = 5
    RUNNING = 6
    INPUT = 7
    NETWORK = 8
    BUG = 70
    OUTPUT = 74
    INTERRUPTED = 130
    CLOSED_PIPE = 141


MEANINGS: dict[Exit, str] = {
    Exit.OK: "done",
    Exit.NO: "what was asked for does not hold: "
    "holdouts --exit-code, rebuild --check, backtest, doctor, healthcheck",
    Exit.USAGE: "the command was not understood: an unknown verb, option, elector, candidate or contest",
    Exit.CONFIG: "a configuration or contest file was refused; nothing was started",
    Exit.STORE: "the database cannot be used: not ours, too new, locked, not writable",
    Exit.LOG: "the log cannot be trusted: a broken chain, a missing guard, an unknown event",
    Exit.RUNNING: "another daemon already runs on this database",
    Exit.INPUT: "an item, file or folder could not be taken, in whole or in part; the rest was",
    Exit.NETWORK: "a feed could not be fetched or read, or a channel did not take an alert",
    Exit.BUG: "a fault in tracker itself; TRACKER_DEBUG=1 shows where",
    Exit.OUTPUT: "the output could not be written: a full disk behind a redirection",
    Exit.INTERRUPTED: "stopped with Ctrl-C",
    Exit.CLOSED_PIPE: "whoever read the output stopped reading (`tracker log | head`)",
}

# The first class that fits gives the code, so a narrower one stands before its parent.
_BY_ERROR: tuple[tuple[type[TrackerError], Exit], ...] = (
    (ConfigError, Exit.CONFIG),
    (UnknownName, Exit.USAGE),
    (InputError, Exit.INPUT),
    (FeedError, Exit.NETWORK),
    (StoreError, Exit.STORE),
    (LogError, Exit.LOG),
    (AlreadyRunning, Exit.RUNNING),
    (DeliveryError, Exit.NETWORK),
)


def exit_code(error: TrackerError) -> Exit:
    """The code for an error; one that has no row of its own counts as a fault of ours."""
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), Exit.BUG)


def described() -> str:
    """The table as text, a line a code."""
    return "\n".join(f"{code.value:>5}  {words}" for code, words in MEANINGS.items())
