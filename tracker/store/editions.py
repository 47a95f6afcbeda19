"""Which weighing the read models of a file were made by."""

from __future__ import annotations

import hashlib
import sqlite3
from functools import cache
from pathlib import Path

import msgspec

import tracker.projection
from tracker.projection import Policy


@cache
def _code() -> str:
    """What the weighing is made of: another text is another weighing."""
    digest = hashlib.sha256()
    folder = Path(tracker.projection.__file__).parent
    rows = (Path(__file__).with_name(name) for name in ("model_rows.py", "model_tables.py"))
    for path in (*sorted(folder.glob("*.py")), *rows):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def edition(policy: Policy) -> str:
    """Names the weighing by which models are made: this program's, with these parameters."""
    parameters = msgspec.json.encode(policy, order="sorted")
    return f"{_code()}-{hashlib.sha256(parameters).hexdigest()[:16]}"


def mark(connection: sqlite3.Connection) -> tuple[str, int]:
    """The weighing that the models of the file were made by, and the last event in them."""
    row = connection.execute("SELECT edition, events FROM read_models").fetchone()
    return ("", 0) if row is None else (row[0], row[1])
