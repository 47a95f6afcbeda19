"""What a command prints: data to stdout in the format asked for, talk and progress to stderr."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO, TypeVar

from tracker.cli.tables import Cell, Column, harmless, render

T = TypeVar("T")


def prepare_streams() -> None:
    """Let no character and no missing stream end the program.

    What a stream's encoding lacks is written as an escape; a stream that was closed before the start
    (`tracker status >&-`) takes everything and shows nothing.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the whole process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def colourful(stream: TextIO) -> bool:
    """Whether colour may be added: a terminal that is not dumb, and no NO_COLOR (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """Talk: not data, so it goes to stderr."""
    print(harmless(text), file=sys.stderr)


def many(number: int, noun: str, plural: str = "") -> str:
    """ "1 event", "2 events"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def line(text: str = "") -> None:
    """One line of data."""
    print(text, file=sys.stdout)


def as_json(value: object, *, indent: int | None = None) -> str:
    """JSON, in the characters themselves where stdout can show them."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    separators = (",", ": ") if indent is not None else (", ", ": ")
    return json.dumps(
        value, ensure_ascii=not encoding.startswith("utf"), indent=indent, separators=separators
    )


def print_json(value: object) -> None:
    """One value, indented for a reader; a program reads it all the same."""
    line(as_json(value, indent=2))


def print_lines(records: Iterable[object]) -> None:
    """JSON, a record a line, each as soon as it is there."""
    for record in records:
        line(as_json(record))


def print_csv(fields: Sequence[str], records: Iterable[Mapping[str, Any]], *, header: bool = True) -> None:
    """RFC 4180 with a header; lists joined by spaces, absent values empty, true and false in words."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if header:
        writer.writerow(fields)
    for record in records:
        writer.writerow([_plain(record.get(name)) for name in fields])


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple() if all(isinstance(each, str) for each in value):
            return " ".join(value)
        case list() | tuple() | dict():
            return as_json(value)
        case str():
            # A spreadsheet runs a cell that begins so (OWASP, CSV injection); feeds are strangers' text.
            return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
        case _:
            return str(value)


def width_of_terminal() -> int | None:
    """Columns of the terminal that stdout is; `None` when it is none, so nothing needs to be cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_table(
    columns: Sequence[Column], rows: Iterable[Sequence[str | Cell]], *, header: bool = True
) -> None:
    """A table, cut to the terminal's width when there is a terminal."""
    left_out: list[str] = []
    lines = render(
        columns,
        rows,
        columns_wide=width_of_terminal(),
        colour=colourful(sys.stdout),
        header=header,
        on_left_out=left_out.extend,
    )
    for text in lines:
        line(text)
    if left_out and header:
        say(f"(No room for {', '.join(left_out)}: a wider terminal or --format csv shows all.)")


def show(
    format_: str,
    *,
    value: object,
    fields: Sequence[str],
    records: Iterable[Mapping[str, Any]],
    columns: Sequence[Column],
    rows: Iterable[Sequence[str | Cell]],
    heading: str = "",
    empty: str = "",
) -> None:
    """Print one answer in the format asked for.

    value            the answer as JSON
    fields, records  the same as flat records, for ndjson and csv
    columns, rows    the same for a reader; `heading` stands above, `empty` in place of no rows
    """
    match format_:
        case "json":
            print_json(value)
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(fields, records)
        case _:
            rows = list(rows)
            if heading:
                line(heading)
            if rows:
                if heading:
                    line()
                print_table(columns, rows)
            elif empty:
                line(empty)


class Meter:
    """Tells on a terminal, and nowhere else, how far a long work has come; its line ends with the work."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = False

    def tell(self, done: int, total: int | None = None) -> None:
        """Show how many of how many are done."""
        if sys.stderr.isatty():
            of = f" of {total}" if total else ""
            print(f"\r{self._what}: {done}{of}", end="", file=sys.stderr, flush=True)
            self._shown = True

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print(file=sys.stderr)
            self._shown = False


def progress(things: Iterable[T], *, what: str, total: int | None = None) -> Iterator[T]:
    """Pass the things on and, on a terminal, tell how many have passed."""
    with Meter(what) as meter:
        done = 0
        for done, thing in enumerate(things, start=1):
            if done % 10 == 1:
                meter.tell(done, total)
            yield thing
        if done:
            meter.tell(done, total)
