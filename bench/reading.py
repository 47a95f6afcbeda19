"""The reader's figures: how many items a second, what a start costs, and texts written to stop it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from tracker.configuration.contest_file import read_contest
from tracker.contests import Body, Candidate, CandidateStatus, Contest, Elector
from tracker.countries import COUNTRIES
from tracker.extraction import Reader
from tracker.items import Item, ItemId
from tracker.rules import Rule
from tracker.stances import CandidateId, ContestId, ElectorId

ROOT = Path(__file__).parent.parent
START = datetime(2024, 1, 1, tzinfo=UTC)
ELECTORS = 193
HOSTILE = 1_000_000
FILLER = "The council met on Tuesday to discuss the budget for roads, schools and hospitals in the region "
TOLD = (
    "Spain supports Mark Rutte for NATO chief, its foreign minister said on Thursday. Hungary and Slovakia "
    "have yet to endorse the Dutch prime minister, while Türkiye opposes him and Norway will not block him. "
)


def item(text: str, title: str = "", body: str = "") -> Item:
    return Item(
        id=ItemId("x"), source="s", url="", title=title, summary=text, body=body, lang="en",
        published_at=START,
    )  # fmt: skip


def words(text: str, count: int) -> str:
    found = text.split()
    return " ".join((found * (count // len(found) + 1))[:count])


def wide() -> Contest:
    """The shipped race with 193 electors: every state there is, and the speakers of the shipped one."""
    shipped = read_contest(ROOT / "config" / "contests" / "nato-sg-2024.toml")
    known = [e.id for e in shipped.electors]
    others = [code for code in COUNTRIES if code not in known][: ELECTORS - len(known)]
    electors = (*shipped.electors, *(Elector(id=ElectorId(code)) for code in others))
    from dataclasses import replace

    return replace(shipped, electors=electors)
