"""A small race in a real database, made through the store; and the program as a real process."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.claims import Evidence
from tracker.cli.program import run
from tracker.configuration.contest_text import write
from tracker.contests import Body, Candidate, CandidateStatus, Contest, Elector, ElectorKind
from tracker.events import ContestDeclared, Event, Source, StanceReported
from tracker.items import OutletClass
from tracker.rules import Rule
from tracker.stances import CandidateId, Certainty, ClaimTime, ContestId, ElectorId, Precision, Stance, Voice
from tracker.store import open_store

START = datetime(2020, 1, 10, 12, tzinfo=UTC)
CONTEST = ContestId("harbour-2020")
ANNA, BORIS = CandidateId("anna-berg"), CandidateId("boris-cole")

HARBOUR = Contest(
    id=CONTEST,
    title="Harbour Master 2020",
    post="Harbour Master",
    body=Body(id="harbour", name="Harbour Board"),
    key_terms=("harbour master",),
    rule=Rule(kind="consensus"),
    candidates=(
        Candidate(id=ANNA, name="Anna Berg", status=CandidateStatus.DECLARED),
        Candidate(id=BORIS, name="Boris Cole", status=CandidateStatus.DECLARED),
    ),
    electors=(
        Elector(id=ElectorId("north-quay"), kind=ElectorKind.PERSON, name="North Quay"),
        Elector(id=ElectorId("south-quay"), kind=ElectorKind.PERSON, name="South Quay"),
        Elector(id=ElectorId("east-quay"), kind=ElectorKind.PERSON, name="East Quay"),
    ),
)


def declared(contest: Contest = HARBOUR, at: datetime = START) -> ContestDeclared:
    return ContestDeclared(contest=contest.id, occurred_at=at, producer="tests", roster=contest)


def reported(
    elector: str,
    stance: Stance,
    *,
    day: int,
    candidate: CandidateId = ANNA,
    certainty: Certainty = Certainty.OFFICIAL,
    outlet: str = "The Buoy",
) -> StanceReported:
    """A report `day` days after the start, in the elector's own voice when it is official."""
    words = f"{elector} {stance.value} {candidate}"
    own = certainty is Certainty.OFFICIAL
    return StanceReported(
        contest=CONTEST,
        elector=ElectorId(elector),
        candidate=candidate,
        stance=stance,
        certainty=certainty,
        time=ClaimTime.NOW,
        voice=Voice.ELECTOR if own else Voice.OUTLET,
        silence=False,
        speaker="the spokesman" if own else "",
        condition="",
        via=None,
        occurred_at=START + timedelta(days=day),
        precision=Precision.INSTANT,
        item=None,
        source=Source(
            outlet=outlet,
            url=f"https://buoy.example/{elector}/{day}",
            title=f"News of day {day}",
            outlet_class=OutletClass.OUTLET,
            origins=(f"{outlet}-{elector}-{day}",),
        ),
        evidence=Evidence(field="title", start=0, end=len(words), text=words, sentence=f"{words}."),
        rule="by-hand",
        confidence=1.0,
        producer="tests",
    )


RACE: tuple[Event, ...] = (
    declared(),
    reported("north-quay", Stance.SUPPORTS, day=1),
    reported("south-quay", Stance.OPPOSES, day=2),
    reported("south-quay", Stance.SUPPORTS, day=20),
)


class Harbour:
    """The race and how to make events of it, for tests (conftest cannot be imported)."""

    contest, contest_id, start, race = HARBOUR, CONTEST, START, RACE
    anna, boris = ANNA, BORIS
    declared = staticmethod(declared)
    reported = staticmethod(reported)


@pytest.fixture
def harbour() -> type[Harbour]:
    return Harbour


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration with the race's contest, where `tracker` looks for it; the folder it stands in."""
    folder = tmp_path / "config"
    (folder / "contests").mkdir(parents=True)
    (folder / "contests" / "harbour-2020.toml").write_text(write(HARBOUR), "utf-8")
    (folder / "tracker.toml").write_text('contest = "harbour-2020"\ndatabase = "tracker.db"\n', "utf-8")
    (folder / "feeds.toml").write_text("", "utf-8")
    return tmp_path


@pytest.fixture
def race(configured: Path) -> Path:
    """The database of a small race, where `tracker` looks for it: each event recorded as it happened."""
    path = configured / "tracker.db"
    with open_store(path) as store:
        for event in RACE:
            store.log.append([event], event.occurred_at)
    return path


Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tracker_process(tmp_path: Path) -> Tracker:
    """Run `python -m tracker` with these arguments, as a process of its own, in the test's folder."""

    def start(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [sys.executable, "-m", "tracker", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
            **options,
        )

    return start


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """The same, in this process, where a process adds nothing but time: what `main` runs, with its streams
    caught."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
        return subprocess.CompletedProcess([str(each) for each in arguments], int(code), *texts)

    return call
