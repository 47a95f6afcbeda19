"""Feed text is hostile: on the page it is only ever text."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Browser

from tracker.alerts import Alert, compare
from tracker.clock import SetClock
from tracker.contests import Body, Candidate, Contest, Elector, ElectorKind
from tracker.events import ContestDeclared
from tracker.health import FeedHealth
from tracker.log import Head
from tracker.log.identity import identity
from tracker.projection import EMPTY, State, suppose
from tracker.rules import Rule
from tracker.stances import CandidateId, ContestId, ElectorId, Stance
from tracker.testing import report
from tracker.web import application

NOW = datetime(2024, 3, 1, tzinfo=UTC)
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "\u202e\u2066 {{ 7*7 }} &lt;b&gt; " + "W" * 5000
)


class Hostile:
    """Sources whose every text from outside is an attack."""

    def __init__(self, link: str) -> None:
        roster = Contest(
            id=ContestId("chair-2024"),
            title="Chair",
            post="Chair",
            body=Body(id="b", name="B"),
            rule=Rule(kind="consensus"),
            candidates=(Candidate(id=CandidateId("first-one"), name="First One"),),
            electors=tuple(
                Elector(id=ElectorId(i), name=i.upper(), kind=ElectorKind.PERSON) for i in ("aa", "bb", "cc")
            ),
        )
        declared = ContestDeclared(contest=roster.id, occurred_at=NOW, producer="test", roster=roster)
        before = suppose(EMPTY, [(identity(declared), declared)])
        fair = report()
        events = [
            replace(
                fair,
                elector=ElectorId(elector),
                stance=stance,
                occurred_at=NOW,
                speaker=HOSTILE,
                source=replace(fair.source, outlet=HOSTILE, url=link, title=HOSTILE),
                evidence=replace(fair.evidence, text=HOSTILE, sentence=HOSTILE),
            )
            for elector, stance in (("aa", Stance.SUPPORTS), ("bb", Stance.OPPOSES))
        ]
        self._state = suppose(before, [(identity(e), e) for e in events])
        self._alerts = compare(before.contests[roster.id], self._state.contests[roster.id], now=NOW)

    def state(self, known_at: datetime | None) -> State:
        return self._state

    def head(self) -> Head:
        return Head(3, bytes(32))

    def changes(self, contest: str, until: datetime, limit: int) -> tuple[Alert, ...]:
        return self._alerts

    def feeds(self) -> list[tuple[str, FeedHealth | None]]:
        return [(HOSTILE, FeedHealth(feed="f", last_poll_at=NOW, failures=2, last_error=HOSTILE))]

    def atom(self) -> str:
        return "<feed/>"

    def health(self) -> dict[str, object]:
        return {"ok": False, "why": "for this test"}


def ask(path: str, link: str = "javascript:document.title='owned'") -> httpx.Response:
    app = application(
        Hostile(link), clock=SetClock(NOW), default_contest="chair-2024", hosts=("page.example",)
    )

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page.example") as client:
            return await client.get(path)

    # Its own thread: the browser's driver keeps a loop running in this one.
    with ThreadPoolExecutor(1) as other:
        return other.submit(lambda: asyncio.run(asked())).result()


@pytest.fixture
def html() -> str:
    return ask("/").text


def test_markup_in_feed_text_is_shown_as_text(html: str) -> None:
    assert "<script" not in html.lower().replace("&lt;script", "")
    assert "onerror=&#34;" in html and "<img" not in html
    assert "{{ 7*7 }}" in html


def test_only_web_addresses_become_links(html: str) -> None:
    assert "javascript:" not in html


def test_overrides_of_writing_direction_are_dropped_and_huge_words_cut(html: str) -> None:
    assert "\u202e" not in html and "\u2066" not in html
    assert "W" * 400 not in html


@pytest.mark.xdist_group("browser")
def test_a_browser_runs_none_of_it_and_the_page_keeps_its_width(chromium: Browser, html: str) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.set_content(html)
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    page.close()


def test_a_sick_daemon_is_told_by_the_health_check() -> None:
    answer = ask("/healthz")
    assert answer.status_code == 503 and answer.json()["ok"] is False


def test_a_web_address_is_a_link_that_tells_nobody_where_the_reader_came_from() -> None:
    shown = ask("/", link="https://ok.example/a?b=1&c=2").text
    assert 'href="https://ok.example/a?b=1&amp;c=2" rel="noopener noreferrer' in shown
