"""Measured figures, as ratios side by side in one run: `make bench`.

Contestants run in turn, several times; the median is shown. Absolute figures depend on the machine and on
what else it does; use the ratios.
"""

from __future__ import annotations

import argparse

from bench import log
from bench.reading import reading


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="size of the log measured (50,000)")
    parser.add_argument("--only", choices=("reading", "log"), help="one half only")
    chosen = parser.parse_args()
    if chosen.only != "log":
        reading()
    if chosen.only != "reading":
        log.measure(chosen.events)


main()
