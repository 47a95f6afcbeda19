"""Alerts of a small race, and a real HTTP receiver on loopback that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tracker.alerts import Alert
from tracker.channels import Names, Setup
from tracker.contests import Body, Candidate, Contest, Elector, ElectorKind
from tracker.rules import Rule
from tracker.stances import CandidateId, Certainty, ContestId, ElectorId, Stance
from tracker.testing import FakeClock

RACE = Contest(
    id=ContestId("chair-2024"),
    title="Chair of the Board 2024",
    post="Chair",
    body=Body(id="board", name="Board"),
    rule=Rule(kind="consensus"),
    candidates=(Candidate(id=CandidateId("first-one"), name="First One"),),
    electors=(
        Elector(id=ElectorId("hu")),
        Elector(id=ElectorId("ro")),
        Elector(id=ElectorId("jane-doe"), kind=ElectorKind.PERSON, name="Jane Doe"),
    ),
)

ALERT = Alert(
    key="0123456789abcdef0123456789abcdef",
    contest=RACE.id,
    elector=ElectorId("hu"),
    candidate=CandidateId("first-one"),
    at=datetime(2024, 6, 18, 12, 30, tzinfo=UTC),
    occurred_at=datetime(2024, 6, 18, 11, tzinfo=UTC),
    was=Stance.OPPOSES,
    now=Stance.SUPPORTS,
    certainty=Certainty.OFFICIAL,
    disputed=False,
    speaker="The prime minister",
    outlet="The Gazette",
    evidence="Hungary is ready to support First One.",
    url="https://gazette.example/hungary",
    report="aa11",
    have=2,
    needed=3,
    missing=(ElectorId("ro"),),
)


@dataclass
class Answer:
    """What the receiver says: after `hold_s`, this status with these headers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hold_s: float = 0.0


class Receiver:
    """A real HTTP server that keeps what it got and gives the answers in turn, the last one for ever."""

    def __init__(self) -> None:
        self.answers = [Answer()]
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self._let_go = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.got.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                )
                answer = receiver.answers[0] if len(receiver.answers) == 1 else receiver.answers.pop(0)
                receiver._let_go.wait(answer.hold_s)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook/s3cret?token=s3cret"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


@pytest.fixture
def alert() -> Callable[..., Alert]:
    """Hungary backs First One; `changes` replace fields."""
    return lambda **changes: replace(ALERT, **changes)


@pytest.fixture
def names() -> Callable[..., Names]:
    """The names of the race; `changes` replace fields of the contest."""
    return lambda **changes: Names.of([replace(RACE, **changes)])


@pytest.fixture
def setup(names: Callable[..., Names]) -> Callable[..., Setup]:
    def make(**given: Any) -> Setup:
        return Setup(**{"name": "desk", "names": names(), "clock": FakeClock(), **given})

    return make
