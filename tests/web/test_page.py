"""The page as a reader meets it, in a real browser over a real daemon."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

ARTEFACTS = Path(__file__).parent.parent / "artefacts"

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def page(chromium: Browser, site: str) -> Page:
    context = chromium.new_context(base_url=site, viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    return opened


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers.items()), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers.items()), error.read().decode()


def test_the_headline_says_who_leads_and_who_holds_out_on_that_day(page: Page) -> None:
    page.goto("/contest/nato-sg-2024?as_of=2024-06-19")
    headline = page.locator("h1").inner_text()
    assert headline.startswith("Mark Rutte has 29 of 32")
    assert all(name in headline for name in ("Iceland", "Poland", "Romania"))
    assert page.locator(".cards h3").count() == 2  # of Iceland nothing is known


def test_each_change_shows_the_sentence_its_source_and_a_link(page: Page) -> None:
    page.goto("/contest/nato-sg-2024?as_of=2024-06-18")
    change = page.locator("ol.changes li", has_text="Hungary on Mark Rutte").first
    assert "opposes" in change.inner_text() or "leans oppose" in change.inner_text()
    assert "supports" in change.inner_text()
    link = change.locator("a")
    assert str(link.get_attribute("href")).startswith("https://")
    assert "noopener" in str(link.get_attribute("rel"))
    assert change.locator("blockquote").inner_text().strip()


def test_a_stance_is_told_by_glyph_and_word_in_the_matrix(page: Page) -> None:
    page.goto("/contest/nato-sg-2024?as_of=2024-03-06")
    row = page.locator("tbody tr", has=page.locator("th", has_text="Hungary"))
    assert "✕ opposes" in row.first.inner_text()


def test_the_date_in_the_form_changes_the_answer(page: Page) -> None:
    page.goto("/contest/nato-sg-2024")
    page.locator("input[name=as_of]").fill("2024-02-20")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**as_of=2024-02-20**")
    assert "2024-02-20 23:59" in page.locator(".sub").first.inner_text()


def test_what_was_known_earlier_is_shown_by_known_at(page: Page) -> None:
    page.goto("/contest/nato-sg-2024?known_at=2024-03-06")
    assert "by what was known at 2024-03-06" in page.locator(".sub").first.inner_text()
    row = page.locator("tbody tr", has=page.locator("th", has_text="Estonia"))
    assert "supports" not in row.first.inner_text().replace("leans support", "")


def test_a_feed_that_cannot_be_reached_is_shown_failing_with_the_reason(page: Page) -> None:
    for _ in range(40):
        page.goto("/")
        row = page.locator("tr", has_text="Nowhere Times")
        told = row.inner_text()
        if "failing" in told:
            break
        page.wait_for_timeout(250)
    assert "failing" in told
    assert "refused" in told.lower() or "connect" in told.lower()
    cells = row.locator("td").all_inner_texts()
    assert cells[1] == "never" and cells[2] == "0"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_nothing_is_cut_off_at_any_width_and_no_policy_is_broken(
    chromium: Browser, site: str, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        base_url=site,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=True,
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/contest/nato-sg-2024?as_of=2024-04-30")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"contest-{width}-{scheme}.png", full_page=True)
    context.close()


def test_every_answer_forbids_scripts_and_frames(site: str) -> None:
    for path in ("/", "/healthz", "/alerts.atom", "/nowhere", "/static/style.css"):
        _, headers, _ = get(site + path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
        assert "script-src" not in policy


def test_the_health_check_says_ok_with_the_logs_place(site: str) -> None:
    code, _, body = get(f"{site}/healthz")
    told = json.loads(body)
    assert code == 200 and told["ok"] is True
    assert told["log"]["seq"] > 200 and len(told["log"]["head"]) == 64


def test_the_atom_feed_carries_the_logs_head_and_announces_no_replayed_change(site: str) -> None:
    code, headers, body = get(f"{site}/alerts.atom")
    assert code == 200 and headers["content-type"].startswith("application/atom+xml")
    head = json.loads(get(f"{site}/healthz")[2])["log"]["head"]
    assert head in body and "<entry>" not in body


def test_what_is_asked_wrongly_is_answered_plainly(site: str) -> None:
    assert get(f"{site}/?as_of=yesterday")[0] == 400
    assert "2024-06-18" in get(f"{site}/?as_of=yesterday")[2]
    assert get(f"{site}/contest/none-such")[0] == 404
    assert get(f"{site}/contest/%3Cscript%3E")[2].count("<script>") == 0
    assert get(f"{site}/../../etc/passwd")[0] in (400, 404)


def test_another_hosts_name_and_every_write_are_refused(site: str) -> None:
    address = urlsplit(site)
    connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=10)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 400
    connection.close()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=10)
        connection.request(method, "/", body=b"x")
        assert connection.getresponse().status == 405, method
        connection.close()
