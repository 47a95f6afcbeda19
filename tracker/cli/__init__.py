"""The command line: one file a group of verbs; `main` is the console script."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run the command given to the process and end it with a documented exit code (`cli/exits.py`)."""
    import sys

    from tracker.cli.program import run

    sys.exit(run(sys.argv[1:]))
