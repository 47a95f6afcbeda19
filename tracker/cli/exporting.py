"""Data for other tools: files of rows, made whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tracker.cli.call import Call, called
from tracker.cli.output import many, print_csv, print_json, print_lines, print_table, say
from tracker.cli.tables import Column
from tracker.cli.verbs import ASKING, Verb

_WHAT = ("events", "cloudevents", "standings", "matrix", "turns", "endorsements", "cameo", "codebook")
_SUFFIXES = {".csv": "csv", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}


@click.command(
    cls=Verb, shares=ASKING,
    epilog="Example: tracker export matrix --as-of 2024-06-18 --output standings.csv",
)  # fmt: skip
@click.argument("what", type=click.Choice(_WHAT), default="events")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write it there, in the format of its suffix: .csv .json .ndjson .parquet.")  # fmt: skip
@called
def export(call: Call, *, what: str, output: Path | None) -> None:
    """Rows for a spreadsheet, a notebook, or another field's tools.

    events (the log), cloudevents (the log as CloudEvents, a line each), standings (a row for each elector
    and candidate), matrix (a column for each candidate), turns (each change of a standing), endorsements
    (FiveThirtyEight's columns), cameo (CAMEO and PLOVER event codes), codebook (how stances are coded). CSV
    by default; `--format`, or the suffix of `--output`, chooses. A file appears under its name when it is
    complete. Parquet needs the extra: pip install 'tracker[parquet]'.
    """
    form = call.format_or("ndjson" if what == "cloudevents" else "csv")
    if output is not None:
        form = _SUFFIXES.get(output.suffix.lower(), form)
    if what == "cloudevents" and form not in ("json", "ndjson"):
        raise click.UsageError(f"CloudEvents are JSON: cloudevents cannot be written as {form}")
    fields, rows = _rows(call, what)
    if output is None:
        _print(form, fields, rows)
        return
    count = _write(output, form, fields, rows)
    say(f"{output}: {many(count, 'row')}")


def _rows(call: Call, what: str) -> tuple[Sequence[str], Iterable[Mapping[str, Any]]]:
    from tracker import exports
    from tracker.log.codec import fields_of
    from tracker.store import LogFilter

    if what == "codebook":
        return exports.CODEBOOK, exports.codebook_rows()
    store = call.store()
    if what in ("events", "cloudevents"):
        wanted = LogFilter(
            contest=call.contest_id_given, occurred_until=call.as_of_given, recorded_until=call.known_at
        )
        found = store.log.find(wanted)
        if what == "events":
            return exports.EVENTS, (fields_of(stored) for stored in found)
        return (), (exports.cloud_event(stored) for stored in found)
    state = call.contest_state(store)
    fields, rows = exports.KINDS[what]
    return fields or exports.matrix_fields(state), rows(state, call.as_of, call.policy)


def _print(form: str, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    match form:
        case "json":
            print_json(list(rows))
        case "ndjson":
            print_lines(rows)
        case "table":
            cells = [["" if row.get(name) is None else str(row[name]) for name in fields] for row in rows]
            print_table([Column(title=name.upper(), shrinks=True) for name in fields], cells)
        case _:
            print_csv(fields, rows)


def _write(output: Path, form: str, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write beside the place and move there, so that nobody meets half a file."""
    part = output.with_name(f".{output.name}.part")
    counted = _Counted(rows)
    try:
        if form == "parquet":
            _write_parquet(part, fields, counted)
        else:
            with part.open("w", encoding="utf-8", newline="") as file, contextlib.redirect_stdout(file):
                _print(form, fields, counted)
                file.flush()
                os.fsync(file.fileno())
        part.replace(output)
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return counted.count


def _write_parquet(path: Path, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise click.UsageError("Parquet needs an extra: pip install 'tracker[parquet]'") from None
    from tracker.cli.output import as_json

    table = {name: [] for name in fields}  # type: dict[str, list[Any]]
    for row in rows:
        for name in fields:
            value = row.get(name)
            table[name].append(as_json(value) if isinstance(value, dict | list | tuple) else value)
    pyarrow.parquet.write_table(pyarrow.table(table), path)


class _Counted:
    """Rows passed on, and how many there were."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row
