"""Everything that can go wrong, as one tree.

    TrackerError
    ├── ConfigError              a configuration or contest file is refused, with every fault in it
    ├── UnknownName              an elector, candidate, contest or report that nobody declared
    ├── InputError               an item, text or file from outside that cannot be taken
    ├── FeedError                a feed could not be fetched or read
    │   ├── FetchError           the network part
    │   └── ParseError           the bytes are not a feed
    ├── StoreError               the database cannot be used
    │   ├── NotOurDatabase       another program's file, or a newer format
    │   └── DatabaseBusy         another process holds it
    ├── LogError                 the log cannot be trusted; everything stops
    │   ├── BrokenChain          a row does not follow from the one before it
    │   ├── GuardMissing         a trigger that keeps the log append-only is gone
    │   └── UnknownEvent         a kind or version that this program cannot read
    ├── AlreadyRunning           a second daemon on one database
    └── DeliveryError            a channel did not take an alert

An error names the thing, what is wrong with it and what to do; its attributes carry the same
for programs. Exceptions of other libraries are translated once, where they enter.
"""

from __future__ import annotations

from dataclasses import dataclass


class TrackerError(Exception):
    """The root: catching it catches every failure this program foresees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file.

    key     dotted path of the key, `electors[3].member_from`; empty for the whole file
    line    1-based line of the key in the file, or `None` when the file gives none
    problem what is wrong, and what would be right
    """

    key: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}" if self.key else self.problem


class ConfigError(TrackerError):
    """A file is refused whole; `faults` holds everything wrong with it, in file order."""

    def __init__(self, path: str, faults: tuple[Fault, ...]) -> None:
        self.path = path
        self.faults = faults
        super().__init__("\n".join(f"{path}{f':{f.line}' if f.line else ''}: {f}" for f in faults))


class UnknownName(TrackerError):
    """No such elector, candidate, contest, report or feed; `near` holds the likely meant ones."""

    def __init__(self, noun: str, name: str, *, where: str, near: tuple[str, ...] = ()) -> None:
        self.noun, self.name, self.where, self.near = noun, name, where, near
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"{where}: no {noun} {name!r}{hint}")


class InputError(TrackerError):
    """Something given from outside cannot be taken; `where` names file and line."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}")


class FeedError(TrackerError):
    """A feed gave nothing this time. It is stored beside the feed and shown; others go on."""

    def __init__(self, url: str, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(f"{url}: {problem}")


class FetchError(FeedError):
    """The fetch failed. `status` is the HTTP status if there was one; `retry_after_s` the server's wish."""

    def __init__(
        self, url: str, problem: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        self.status, self.retry_after_s = status, retry_after_s
        super().__init__(url, problem)


class ParseError(FeedError):
    """The bytes hold no feed (an HTML page, say)."""


class StoreError(TrackerError):
    """The database at `path` cannot be used."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class NotOurDatabase(StoreError):
    """The file is another program's, or of a format newer than this program."""


class DatabaseBusy(StoreError):
    """Another process kept the database locked for longer than we wait."""


class LogError(TrackerError):
    """The log cannot be trusted or read; nothing goes on from here. `seq` is the row, if one is known."""

    def __init__(self, problem: str, *, seq: int | None = None) -> None:
        self.seq, self.problem = seq, problem
        super().__init__(f"event {seq}: {problem}" if seq is not None else problem)


class BrokenChain(LogError):
    """The stored bytes of a row do not give the hash that the row, or its successor, holds."""


class GuardMissing(LogError):
    """A trigger that refuses changes to the log is not in the database."""


class UnknownEvent(LogError):
    """A kind or version that this program does not know: it was written by a newer one."""


class AlreadyRunning(TrackerError):
    """Another daemon serves this database; `pid` is its process id, if it could be read."""

    def __init__(self, path: str, pid: int | None) -> None:
        self.path, self.pid = path, pid
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{path}: {holder} already runs tracker on this database; stop it first, or give another --db"
        )


class DeliveryError(TrackerError):
    """A channel did not take an alert.

    retry_after_s  the receiver's wish, when it gave one
    permanent      another try cannot work (the receiver is gone, the address is wrong)
    status         HTTP's, where there was one
    """

    def __init__(
        self,
        channel: str,
        problem: str,
        *,
        retry_after_s: float | None = None,
        permanent: bool = False,
        status: int | None = None,
    ) -> None:
        self.channel, self.problem = channel, problem
        self.retry_after_s, self.permanent, self.status = retry_after_s, permanent, status
        super().__init__(f"{channel}: {problem}")
