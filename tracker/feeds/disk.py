"""Feeds that are files on this machine, where the operator listed them as such."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracker.errors import FetchError


def read_file_url(url: str, *, max_bytes: int, known: str = "") -> tuple[bytes | None, str]:
    """The bytes at a file:// address and a stamp of time and size; no bytes when the stamp is `known`.

    Raises FetchError when the file cannot be read, is no plain file, or is longer than `max_bytes`.
    """
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise FetchError(url, f"a file on another machine ({parts.netloc}); write file:///path")
    path = Path(unquote(parts.path))
    try:
        # Asked before opening: opening a pipe waits for a writer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise FetchError(url, "not a plain file")
        with path.open("rb") as file:
            status = path.stat()
            stamp = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
            if stamp == known:
                return None, stamp
            body = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FetchError(url, f"cannot be read: {words}") from error
    if len(body) > max_bytes:
        raise FetchError(url, f"longer than {max_bytes} bytes, not read on")
    return body, stamp
