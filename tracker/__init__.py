"""Who backs whom for a post filled by consensus or vote: a log of endorsements, with the evidence.

`tracker.open("tracker.db")` gives its tables to a notebook (`tracker.notebook`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.notebook import Opened


def open(path: str | Path, **options: Any) -> Opened:
    """Open a database for reading, as `tracker.notebook.opened` does."""
    from tracker.notebook import opened

    return opened(path, **options)
