"""Items that lie on the disk: feed files, JSON lines, plain texts, and folders of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

from tracker.errors import InputError, ParseError
from tracker.feeds.charsets import decode
from tracker.feeds.entries import ItemFault, ParseLimits, plain
from tracker.feeds.parse import Outlet, parse
from tracker.feeds.records import read_lines
from tracker.items import Item, item_id

_FEEDS = frozenset({".xml", ".rss", ".atom", ".rdf"})
_LINES = frozenset({".jsonl", ".ndjson"})
_TEXTS = frozenset({".txt", ".text"})
_LONGEST_FILE = 256 * 1024 * 1024
# The operator chose the file: an archive of years is read whole.
_LIMITS = ParseLimits(max_items=200_000, max_tags=20_000_000)


def read(
    path: Path,
    *,
    seen_at: datetime,
    published: datetime | None = None,
    source: str | None = None,
    lang: str = "",
) -> Iterator[Item | ItemFault]:
    """The items of a file or folder, in the order of names and within a file in its own order.

    published  the date of a plain text; needed for one, without meaning for others
    source     the outlet's name for every item; by default what the file says: a feed's title, a
               record's `source`, a text's file name
    lang       of items that do not say

    In a folder, what holds no items is passed over with a note. Raises InputError at once for a path
    that does not exist or a text without date, and when it is come to for a file that cannot be read.
    """
    if path.is_dir():
        return chain.from_iterable(
            _read_file(file, seen_at, published, source, lang, in_folder=True) for file in _files(path)
        )
    if not path.exists():
        raise InputError(str(path), "no such file or folder")
    if published is None and _kind(path) == "text":
        raise InputError(str(path), "a plain text does not say when it was published; give --published DATE")
    return _read_file(path, seen_at, published, source, lang, in_folder=False)


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in sorted(names) if not name.startswith("."))


def _read_file(
    path: Path,
    seen_at: datetime,
    published: datetime | None,
    source: str | None,
    lang: str,
    *,
    in_folder: bool,
) -> Iterator[Item | ItemFault]:
    try:
        kind = _kind(path)
        if in_folder:
            passed_over = _passed_over(path, kind, published)
            if passed_over:
                yield ItemFault(where=str(path), problem=f"passed over: {passed_over}", note=True)
                return
        if kind == "lines":
            yield from read_lines(path, seen_at=seen_at, source=source or "")
        elif kind == "text":
            assert published is not None  # held by `read` and `_passed_over`
            yield _text(path, published, source, lang)
        else:
            yield from _feed(path, seen_at, source, lang)
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from error
    except ParseError as error:
        yield ItemFault(where=str(path), problem=error.problem, note=in_folder and path.suffix == ".json")


def _kind(path: Path) -> str:
    """feed, lines or text: by the name, and for names that say nothing by how the file starts."""
    suffix = path.suffix.lower()
    if suffix in _FEEDS or suffix == ".json":
        return "feed"
    if suffix in _LINES:
        return "lines"
    if suffix in _TEXTS:
        return "text"
    try:
        start = _start(path)
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from error
    if start.startswith(b"<"):
        return "feed"
    return "lines" if start.startswith(b"{") else "text"


def _passed_over(path: Path, kind: str, published: datetime | None) -> str:
    """Why a file of a folder is none of ours; empty when it is."""
    if path.suffix.lower() not in _FEEDS | _LINES | _TEXTS | {".json"}:
        return f"{path.suffix or 'a file without suffix'} is neither feed, items (.jsonl) nor text (.txt)"
    if kind == "text" and published is None:
        return "a plain text needs --published DATE"
    if kind == "lines":
        first = _start(path).partition(b"\n")[0]
        if b'"body"' not in first and b'"summary"' not in first:
            return "JSON lines, but not items: neither summary nor body"
    return ""


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(65_536).lstrip(b"\xef\xbb\xbf \t\r\n")


def _feed(path: Path, seen_at: datetime, source: str | None, lang: str) -> Iterator[Item | ItemFault]:
    if path.stat().st_size > _LONGEST_FILE:
        raise InputError(str(path), f"longer than {_LONGEST_FILE} bytes")
    outlet = Outlet(name=source or "", url=str(path), lang=lang)
    parsed = parse(path.read_bytes(), outlet=outlet, seen_at=seen_at, limits=_LIMITS)
    if parsed.fault:
        yield ItemFault(where=str(path), problem=parsed.fault, note=True)
    yield from parsed.items
    yield from parsed.item_faults


def _text(path: Path, published: datetime, source: str | None, lang: str) -> Item:
    """First line the title, the rest the body."""
    if path.stat().st_size > _LIMITS.max_item_chars:
        raise InputError(str(path), f"longer than {_LIMITS.max_item_chars} bytes, which no article is")
    text, _ = decode(path.read_bytes())
    title, _, body = text.replace("\r\n", "\n").strip().partition("\n")
    if not title:
        raise InputError(str(path), "an empty file")
    title, body = plain(title.strip()), plain(body.strip())
    outlet = source or path.name
    return Item(
        id=item_id(source=outlet, url="", guid="", title=title, summary="", body=body),
        source=outlet,
        url="",
        title=title,
        summary="",
        body=body,
        lang=lang,
        published_at=published,
    )
