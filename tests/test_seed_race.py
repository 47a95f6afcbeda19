"""The race of `seeds/` by its labels: what people read in the items, weighed, is what they expected.

The reader has no part in this: the claims are those of `labels.jsonl`, so a difference is the policy's.
"""

from __future__ import annotations

import calendar
import html
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tracker import queries
from tracker.assessment import assess
from tracker.claims import Claim, Evidence, Reading
from tracker.clock import parse_end
from tracker.contests import Body, Candidate, CandidateStatus, Contest, Elector
from tracker.events import ContestDeclared
from tracker.items import FIELDS, Item, ItemId
from tracker.log import Head
from tracker.projection import EMPTY, State, replay, standings
from tracker.rules import Rule
from tracker.stances import CandidateId, Certainty, ClaimTime, ContestId, ElectorId, Stance, Voice
from tracker.testing import MemoryLog

RACE = Path(__file__).parents[1] / "seeds" / "nato-sg-2024"
EXPECTED: dict[str, Any] = json.loads((RACE / "expected.json").read_text(encoding="utf-8"))
CONTEST = ContestId("nato-sg-2024")
START = datetime(2023, 11, 1, tzinfo=UTC)


def roster() -> Contest:
    """Who votes and who stands, as the expectations name them; Sweden joined on 7 March 2024."""
    first = EXPECTED["checkpoints"][0]["candidates"]
    electors = sorted(first["mark-rutte"]["standings"])
    return Contest(
        id=CONTEST,
        title="NATO Secretary General 2024",
        post="Secretary General",
        body=Body(id="nato", name="NATO"),
        rule=Rule(kind="consensus"),
        candidates=tuple(
            Candidate(id=CandidateId(id_), name=id_, status=CandidateStatus.DECLARED) for id_ in first
        ),
        electors=tuple(
            Elector(id=ElectorId(id_), name=id_, joined=date(2024, 3, 7) if id_ == "se" else None)
            for id_ in electors
        ),
    )


def shown(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def sentence(item: Item, words: str) -> str:
    """The sentence around the words, near enough to know a copy of it again."""
    for field in FIELDS:
        text = shown(item.text(field))
        start = text.find(shown(words))
        if start >= 0:
            end = text.find(". ", start + len(words))
            return text[text.rfind(". ", 0, start) + 1 : end if end >= 0 else None].strip()
    return words


@cache
def items() -> tuple[tuple[Item, Reading], ...]:
    """The dated items with their labels as readings, oldest first."""
    entries: dict[str, tuple[str, Any]] = {}
    for path in sorted((RACE / "feeds").glob("*.xml")):
        feed = feedparser.parse(path.read_bytes())
        entries |= {entry.link: (feed.feed.title, entry) for entry in feed.entries}
    found = []
    for line in (RACE / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        source, entry = entries[label["link"]]
        when = entry.get("published_parsed")
        if when is None:
            continue
        item = Item(
            id=ItemId(entry.link),
            source=source,
            url=entry.link,
            title=entry.title,
            summary=entry.get("summary", ""),
            body=entry.content[0].value if "content" in entry else "",
            lang=label["lang"],
            published_at=datetime.fromtimestamp(calendar.timegm(when), UTC),
        )
        claims = tuple(claim(item, c) for c in label["claims"])
        found.append((item, Reading(item=item.id, contest=CONTEST, extractor="labels", claims=claims)))
    return tuple(sorted(found, key=lambda pair: pair[0].published_at))


def claim(item: Item, label: dict[str, Any]) -> Claim:
    words = label["evidence"]
    return Claim(
        elector=ElectorId(label["elector"]),
        candidate=CandidateId(label["candidate"]),
        stance=Stance(label["stance"]),
        certainty=Certainty(label["certainty"]),
        time=ClaimTime(label["time"]),
        voice=Voice(label["voice"]),
        silence=label["silence"],
        speaker=label["speaker"],
        evidence=Evidence(field="body", start=0, end=1, text=words, sentence=sentence(item, words)),
        rule="label",
        confidence=1.0,
    )


def run(
    told: Sequence[tuple[Item, Reading]], *, at: datetime | None = None
) -> tuple[State, list[dict[str, Any]]]:
    """The state after the items came in, in that order, each when it was published or all `at` once; and
    the alerts."""
    log = MemoryLog()
    declared = ContestDeclared(contest=CONTEST, occurred_at=START, producer="tests", roster=roster())
    state = replay(log.append([declared], START), EMPTY)
    alerts = []
    for item, reading in told:
        now = at or item.published_at
        found = assess(item, reading, state, now=now, send=False)
        state = replay(log.append(found.events, now), state)
        alerts += [
            {
                "at": f"{alert.at:%Y-%m-%dT%H:%M:%SZ}",
                "elector": alert.elector,
                "candidate": alert.candidate,
                "from": alert.was.value if alert.was else "unknown",
                "to": alert.now.value if alert.now else "unknown",
                "certainty": alert.certainty.value if alert.certainty else None,
                "link": alert.url,
            }
            for alert in found.alerts
        ]
    return state, alerts


@cache
def in_order() -> tuple[State, list[dict[str, Any]]]:
    return run(items())


def test_the_alerts_are_those_expected() -> None:
    assert in_order()[1] == EXPECTED["alerts"]


@pytest.mark.parametrize("checkpoint", EXPECTED["checkpoints"], ids=lambda checkpoint: checkpoint["as_of"])
@pytest.mark.parametrize("order", ["as they came", "backwards"])
def test_the_picture_is_the_one_expected(checkpoint: dict[str, Any], order: str) -> None:
    state = (in_order() if order == "as they came" else backwards())[0].contests[CONTEST]
    as_of = parse_end(checkpoint["as_of"])
    picture = queries.status_json(queries.status(state, as_of=as_of, head=Head(0, b"")))
    assert picture["leader"] == checkpoint["leader"]
    assert sum(elector["member"] for elector in picture["electors"]) == checkpoint["members"]
    for candidate, expected in checkpoint["candidates"].items():
        found = {elector["id"]: unknown() for elector in picture["electors"]}
        for elector in picture["electors"]:
            for standing in elector["standings"]:
                if standing["candidate"] == candidate:
                    found[elector["id"]] = {key: standing[key] for key in unknown()}
        assert found == expected["standings"], candidate
        rows = queries.holdouts(state, CandidateId(candidate), as_of=as_of)
        assert sorted(row.elector for row in rows) == expected["holdouts"]


def unknown() -> dict[str, Any]:
    return {"stance": "unknown", "certainty": None, "disputed": False}


@cache
def backwards() -> tuple[State, list[dict[str, Any]]]:
    return run(items()[::-1], at=datetime(2024, 7, 1, tzinfo=UTC))


def test_items_that_come_backwards_alert_once_for_each_pair_of_where_it_stands() -> None:
    # The last word on a pair comes first; all else is late news, and changes no stance.
    state, alerts = backwards()
    told = {(alert["elector"], alert["candidate"]): alert["to"] for alert in alerts}
    assert len(told) == len(alerts)
    assert {alert["from"] for alert in alerts} <= {"unknown", "undecided"}
    stands = {
        (elector, candidate): found.stance.value
        for (elector, candidate), found in standings(
            state.contests[CONTEST], datetime(2024, 7, 1, tzinfo=UTC)
        ).items()
        if found.stance is not None and not found.silence
    }
    # Hungary's word that it is open again comes after silence that says so, and alters nothing.
    assert stands == told | {("hu", "klaus-iohannis"): "undecided"}
