"""Whole copies of the database: made while others write, checked, rotated, and put back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.errors import StoreError
from tracker.log import Head
from tracker.store.connections import check_file, connect, translated
from tracker.store.verification import Verification, verify

# tracker-20261125T101500Z.db: sorts by time.
_STAMPED = re.compile(r".+-(\d{8}T\d{6}Z)\.db")
_BUSY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy that was checked. `removed`: older ones that were one too many."""

    path: Path
    head: Head
    events: int
    size_bytes: int
    removed: tuple[Path, ...] = ()


def copy_whole(source: Path, target: Path) -> None:
    """A copy of the database as it stands now, packed, by VACUUM INTO; others may write meanwhile.

    It appears under its name when it is complete and on the disk. Raises StoreError, also when `target`
    exists already.
    """
    if target.exists():
        raise StoreError(str(target), "exists already; a backup never overwrites anything")
    with _appearing(target, "written") as part:
        with translated(target), closing(connect(source, busy_timeout_s=_BUSY_S)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        with part.open("rb+") as file:
            os.fsync(file.fileno())


def back_up(source: Path, target: Path) -> Backup:
    """Copy, and walk the copy: a copy that does not hang together is removed again. Raises StoreError,
    LogError."""
    check_file(source, may_create=False)
    copy_whole(source, target)
    try:
        found = _checked(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Backup(path=target, head=found.head, events=found.events, size_bytes=target.stat().st_size)


def back_up_into(source: Path, folder: Path, *, now: datetime, keep: int) -> Backup:
    """As `back_up`, under a name that tells the time (UTC); of such copies the newest `keep` stay.

    Nothing is removed before the new one is checked. Raises StoreError, LogError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(str(folder), f"cannot be made: {error.strerror}") from error
    made = back_up(source, folder / f"{source.stem}-{now:%Y%m%dT%H%M%SZ}.db")
    surplus = stamped(source, folder)[: -max(keep, 1)]
    for old in surplus:
        old.unlink(missing_ok=True)
    return Backup(
        path=made.path, head=made.head, events=made.events, size_bytes=made.size_bytes, removed=surplus
    )


def stamped(source: Path, folder: Path) -> tuple[Path, ...]:
    """The copies of that database in the folder, oldest first."""
    found = [path for path in folder.glob(f"{source.stem}-*.db") if _STAMPED.fullmatch(path.name)]
    return tuple(sorted(found, key=lambda path: path.name[-19:]))


def put_back(backup: Path, target: Path, *, now: datetime) -> tuple[Verification, Path | None]:
    """Make the copy the database; what stood there is kept beside it, and its new name is returned.

    The caller holds the database's lock: nobody else may have it open. The copy is checked first, and stays.
    Raises StoreError, LogError, and then nothing has changed.
    """
    check_file(backup, may_create=False)
    found = _checked(backup)
    aside: Path | None = None
    with _appearing(target, "put back") as part:
        copy_whole(backup, part)
        if target.exists():
            aside = _moved_aside(target, now)
    return found, aside


@contextmanager
def _appearing(target: Path, done: str) -> Iterator[Path]:
    """A file beside the target to write to: it takes the target's name at the end, on the disk, or goes.

    done   what could not be, when the system refuses: "written". Raises StoreError.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        part.rename(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise StoreError(str(target), f"cannot be {done}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _checked(path: Path) -> Verification:
    found = verify(path, limit=1)
    for fault in found.faults:
        raise fault
    return found


def _moved_aside(database: Path, now: datetime) -> Path:
    aside = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise StoreError(str(aside), "exists already: two restores within a second")
    for ending in ("-wal", "-shm", ""):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_before(path: Path, version: int) -> Path | None:
    """A copy of a database that is about to be brought to another format, beside it; `None` when it is there
    already. Raises StoreError."""
    copy = path.with_name(f"{path.name}.format-{version}")
    if copy.exists():
        return None
    copy_whole(path, copy)
    return copy
