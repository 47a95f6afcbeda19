"""Readers and items for the reader's tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tracker.claims import Reading
from tracker.clock import parse
from tracker.configuration.contest_file import read_contest
from tracker.contests import Contest
from tracker.extraction import Reader
from tracker.items import Item, ItemId

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"


@cache
def contest(name: str) -> Contest:
    """A shipped contest, or one of the test cases'."""
    shipped = ROOT / "config" / "contests" / f"{name}.toml"
    return read_contest(shipped if shipped.exists() else CASES / "contests" / f"{name}.toml")


@cache
def reader(name: str = "nato-sg-2024") -> Reader:
    """A reader for that contest."""
    return Reader(contest(name))


def item(
    title: str = "",
    summary: str = "",
    body: str = "",
    *,
    lang: str = "en",
    published: str = "2024-04-20T12:00:00Z",
) -> Item:
    return Item(
        id=ItemId("x"),
        source="The Paper",
        url="",
        title=title,
        summary=summary,
        body=body,
        lang=lang,
        published_at=parse(published),
    )


def read(*texts: str, contest: str = "nato-sg-2024", **more: str) -> Reading:
    """The reading of an item with this title, summary and body."""
    return reader(contest).read(item(*texts, **more))


def cases(name: str) -> Iterator[dict[str, Any]]:
    """The labelled items of a case file."""
    with (CASES / name).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def reading_of(case: dict[str, Any]) -> Reading:
    """What the reader makes of a labelled item; read once, since several tests ask."""
    shown = (case[name] for name in ("id", "source", "url", "title", "summary", "body", "lang", "published"))
    return _reading(case.get("contest") or "nato-sg-2024", *shown)


@cache
def _reading(
    contest: str,
    key: str,
    source: str,
    url: str,
    title: str,
    summary: str,
    body: str,
    lang: str,
    published: str,
) -> Reading:
    return reader(contest).read(
        Item(
            id=ItemId(key),
            source=source,
            url=url,
            title=title,
            summary=summary,
            body=body,
            lang=lang,
            published_at=parse(published),
        )
    )


NOON = datetime(2024, 4, 20, 12, tzinfo=UTC)
