"""How many labelled items there are, by file and by language, and how many of them yield nothing.

`python tests/extraction/corpus_counts.py` prints the tables that stand in `tests/cases/README.md`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"
ENGLISH = "en"
"""What an item is in that does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One labelled item: its file below `tests/cases`, its language, how many claims it makes."""

    file: str
    lang: str
    claims: int


def counted() -> tuple[Counted, ...]:
    """All labelled items, file by file."""
    return tuple(
        Counted(file=str(path.relative_to(CASES)), lang=item.get("lang", ENGLISH), claims=len(item["claims"]))
        for path in sorted(CASES.rglob("*.jsonl"))
        for item in map(json.loads, path.read_text("utf-8").splitlines())
    )


def tables(items: Iterable[Counted]) -> str:
    """The counts as two tables in Markdown, by file and by language, with the sum."""
    items = tuple(items)
    return "\n\n".join(
        "\n".join(table(head, Counter(getattr(item, key) for item in items), items, key))
        for head, key in (("file", "file"), ("language", "lang"))
    )


def table(head: str, sizes: Counter[str], items: tuple[Counted, ...], key: str) -> Iterator[str]:
    yield f"| {head} | items | claims | yield nothing |"
    yield "|---|--:|--:|--:|"
    for name in sorted(sizes):
        yield row(f"`{name}`", [item for item in items if getattr(item, key) == name])
    yield row("all", items)


def row(name: str, items: Iterable[Counted]) -> str:
    items = tuple(items)
    empty = sum(not item.claims for item in items)
    return f"| {name} | {len(items)} | {sum(i.claims for i in items)} | {empty} ({empty / len(items):.0%}) |"


if __name__ == "__main__":
    print(tables(counted()))
