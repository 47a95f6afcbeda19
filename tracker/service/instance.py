"""One daemon for one database: a lock that the operating system gives back however the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from tracker.errors import AlreadyRunning, StoreError

# Whoever has just taken the lock writes its pid at once; a second start waits this long for it.
_PID_TRIES, _PID_PAUSE_S = 20, 0.01


def lock_path(database: Path) -> Path:
    """Where the lock of a database lies: beside it, the same by whatever links the file is reached."""
    real = database.resolve()
    return real.with_name(f"{real.name}.lock")


@contextmanager
def single_instance(database: Path) -> Iterator[None]:
    """Hold the database's lock, with this process's id written in it.

    The file stays: only the lock on it counts, and removing it would let two processes lock two files.
    Raises AlreadyRunning with the holder's id; StoreError when no lock can be made there.
    """
    path = lock_path(database)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(str(path), f"the lock cannot be made: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(str(database), _holder(handle)) from error
        except OSError as error:
            raise StoreError(
                str(path), f"cannot be locked ({error.strerror}): put the database on a local disk"
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _holder(handle: int) -> int | None:
    for _ in range(_PID_TRIES):
        written = os.pread(handle, 32, 0).strip()
        if written.isdigit():
            return int(written)
        sleep(_PID_PAUSE_S)
    return None
