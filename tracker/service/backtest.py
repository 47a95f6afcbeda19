"""A backtest run: items replayed into a database of their own, measured against what was to come out.

Two files tell what was to come out: `expected.json` (`{"contest", "alerts": [...], "checkpoints": [...]}`, as
in `seeds/`) and a timeline (a list of facts `{"date", "date_precision", "elector", "candidate", "stance",
"sets_state"}`, by people who know).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.alerts import Alert
from tracker.backtests import Backtest, Change, Checkpoint, Expectation, compared
from tracker.clock import SetClock, parse, parse_end
from tracker.contests import Contest
from tracker.errors import InputError
from tracker.extraction import Reader
from tracker.items import Item
from tracker.projection import Policy, standing
from tracker.service.backfill import Watch, rerun
from tracker.service.ingest import Line
from tracker.stances import CandidateId, ElectorId, Stance
from tracker.store import open_store

_FILES = ("expected.json", "timeline.json")
_MONTH = re.compile(r"\d{4}-\d{2}")
# How far from its date a fact may be found, by how well its date is known.
_WINDOWS = {"approx": timedelta(days=7), "approximate": timedelta(days=7), "month": timedelta(days=31)}
# A word of the timeline that is no stance by itself: who gives up resistance leans toward.
_ALSO = {"withdraws_opposition": Stance.LEANS_SUPPORT}


def expectation_in(folder: Path) -> Path:
    """The file that tells what was to come out. Raises InputError when the folder has none."""
    for name in _FILES:
        if (folder / name).is_file():
            return folder / name
    raise InputError(str(folder), f"holds neither {' nor '.join(_FILES)}: nothing to measure against")


def read_expectation(path: Path, *, contest: str, window: timedelta) -> Expectation:
    """What was to come out, from either kind of file.

    contest  whose it is where the file does not say
    Raises InputError, naming the file and the place in it.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(str(path), f"is no JSON: {error}") from error
    if isinstance(content, list):
        return Expectation(contest=contest, changes=tuple(_of_timeline(path, content, window)))
    if not isinstance(content, dict):
        raise InputError(str(path), "is neither an object with alerts nor a list of facts")
    changes = [
        Change(
            elector=ElectorId(_field(path, place, record, "elector")),
            candidate=CandidateId(_field(path, place, record, "candidate")),
            to=_stance(path, place, _field(path, place, record, "to")),
            at=_moment(path, place, record, "at"),
            window=window,
        )
        for place, record in _records(path, "alerts", content.get("alerts", []))
    ]
    points = []
    for place, record in _records(path, "checkpoints", content.get("checkpoints", [])):
        as_of = parse_end(_field(path, place, record, "as_of"))
        for candidate, told in record.get("candidates", {}).items():
            for elector, held in told.get("standings", {}).items():
                stance = _stance(path, f"{place}.candidates.{candidate}.{elector}", held["stance"])
                points.append(
                    Checkpoint(
                        elector=ElectorId(elector),
                        candidate=CandidateId(candidate),
                        stance=stance,
                        as_of=as_of,
                    )
                )
    name = content.get("contest", contest)
    return Expectation(contest=str(name), changes=tuple(changes), checkpoints=tuple(points))


def run(
    contest: Contest,
    items: Iterable[Item],
    expected: Expectation,
    *,
    policy: Policy,
    now: datetime,
    watch: Watch,
) -> Backtest:
    """Replay the items into a database that is thrown away, and compare. Raises what `rerun` raises."""
    clock = SetClock(now)
    alerts: list[Alert] = []

    def both(progress: Any, taken: Any) -> None:
        alerts.extend(taken.alerts)
        watch(progress, taken)

    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "b.db", policy=policy) as store:
        rerun(Line(store, [Reader(contest)], {}, clock=clock, policy=policy), items, clock, watch=both)
        state = store.states.contest(contest.id, until=store.log.head().seq)
    found = [
        Change(elector=alert.elector, candidate=alert.candidate, to=alert.now, at=alert.at)
        for alert in alerts
    ]
    looked_at = [
        (
            point,
            None
            if state is None
            else standing(state, (point.elector, point.candidate), point.as_of, policy).stance,
        )
        for point in expected.checkpoints
    ]
    return compared(expected.changes, found, looked_at)


def _of_timeline(path: Path, facts: list[Any], window: timedelta) -> Iterator[Change]:
    """The facts that set a state, where they change it. One of no elector is about the race."""
    held: dict[tuple[str, str], Stance | None] = {}
    told = [
        (place, fact)
        for place, fact in _records(path, "", facts)
        if fact.get("sets_state") and fact.get("elector", "") is not None
    ]
    for place, fact in sorted(told, key=lambda one: str(one[1].get("date"))):
        who, whom = (_field(path, place, fact, name) for name in ("elector", "candidate"))
        pair = ElectorId(who), CandidateId(whom)
        stance = _stance(path, place, _field(path, place, fact, "stance"))
        if held.get(pair) is stance:
            continue
        held[pair] = stance
        yield Change(
            elector=pair[0],
            candidate=pair[1],
            to=stance,
            at=_moment(path, place, fact, "date"),
            window=max(window, _WINDOWS.get(str(fact.get("date_precision")), window)),
        )


def _records(path: Path, key: str, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(value, list):
        raise InputError(str(path), f"{key}: not a list")
    for n, record in enumerate(value):
        place = f"{key}[{n}]"
        if not isinstance(record, dict):
            raise InputError(str(path), f"{place}: not an object")
        yield place, record


def _field(path: Path, place: str, record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(str(path), f"{place}.{name}: missing, or no text")
    return value


def _stance(path: Path, place: str, word: str) -> Stance | None:
    if word == "unknown":
        return None
    try:
        return _ALSO.get(word) or Stance(word)
    except ValueError:
        known = ", ".join(["unknown", *Stance])
        raise InputError(str(path), f"{place}: {word!r} is no stance (known: {known})") from None


def _moment(path: Path, place: str, record: Mapping[str, Any], name: str) -> datetime:
    text = _field(path, place, record, name)
    try:
        # A month is its first day; the window is then a month.
        return parse(f"{text}-01" if _MONTH.fullmatch(text) else text)
    except ValueError as error:
        raise InputError(str(path), f"{place}.{name}: {error}") from error
