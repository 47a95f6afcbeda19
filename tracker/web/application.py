"""Routes and their rules: read-only, no script, our host names only, nothing of a feed taken as markup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Protocol

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.alerts import Alert
from tracker.clock import Clock, iso, parse_end
from tracker.health import FeedHealth
from tracker.log import Head
from tracker.projection import ContestState, State
from tracker.queries import Json, status
from tracker.web.views import View, contest_view

CHANGES_SHOWN = 25

# No script, no frame, no outside anything: hostile feed text has nothing to work with.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Sources(Protocol):
    """Where the pages get their values; called in worker threads."""

    def state(self, known_at: datetime | None) -> State:
        """What the log adds up to, or added up to at that time. Raises StoreError, LogError."""

    def head(self) -> Head:
        """The end of the log."""

    def changes(self, contest: str, until: datetime, limit: int) -> Sequence[Alert]:
        """The last changes of standing that happened by then, newest first."""

    def feeds(self) -> Sequence[tuple[str, FeedHealth | None]]:
        """Name and marks of each configured feed."""

    def atom(self) -> str:
        """The last alerts as an Atom document."""

    def health(self) -> Json:
        """What `/healthz` says; `ok` false makes it a 503."""

    def ready(self) -> Json:
        """What `/readyz` says: whether feeds are polled when they are due; `ok` false makes it a 503."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    sources: Sources
    clock: Clock
    default_contest: str
    templates: jinja2.Environment
    css: str

    async def index(self, request: Request) -> Response:
        return await run_in_threadpool(self._contest, request, self.default_contest)

    async def contest(self, request: Request) -> Response:
        return await run_in_threadpool(self._contest, request, request.path_params["contest"])

    def _contest(self, request: Request, wanted: str) -> Response:
        as_of = self._moment(request, "as_of")
        known_at = self._moment(request, "known_at")
        state = self.sources.state(known_at)
        if not state.contests:
            return self._problem("Nothing in the log yet", "No contest was declared by then.", 200)
        held = state.contest(wanted)
        if held is None:
            if wanted != self.default_contest:
                raise HTTPException(404, f"The log knows no contest {wanted!r}.")
            held = next(iter(state.contests.values()))
        now = as_of or known_at or self.clock.now()
        view = contest_view(
            held,
            status(held, as_of=now, head=self.sources.head(), known_at=known_at),
            changes=[
                alert
                for alert in self.sources.changes(held.roster.id, now, CHANGES_SHOWN)
                if known_at is None or alert.at <= known_at
            ],
            feeds=self.sources.feeds(),
        )
        view["as_of_day"] = f"{as_of:%Y-%m-%d}" if as_of else ""
        view["known_at_day"] = f"{known_at:%Y-%m-%d}" if known_at else ""
        return self._page("contest.html.jinja", view, state=state, current=held)

    def _moment(self, request: Request, name: str) -> datetime | None:
        text = request.query_params.get(name, "").strip()
        if not text:
            return None
        try:
            return parse_end(text)
        except (ValueError, OverflowError):
            raise HTTPException(400, f"{name}: not a date or time: write 2024-06-18.") from None

    def _page(
        self, template: str, view: View, *, state: State | None, current: ContestState | None, code: int = 200
    ) -> Response:
        head = self.sources.head()
        contests = [
            {"id": held.roster.id, "title": held.roster.title}
            for held in (state.contests.values() if state else ())
        ]
        return HTMLResponse(
            self.templates.get_template(template).render(
                **view,
                contests=contests,
                current=current.roster.id if current else "",
                log={"seq": head.seq, "head": head.hash.hex()},
            ),
            status_code=code,
        )

    def _problem(self, title: str, detail: str, code: int) -> Response:
        view: View = {"title": title, "detail": detail}
        return self._page("problem.html.jinja", view, state=None, current=None, code=code)

    async def refused(self, request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        titles = {400: "That cannot be read", 404: "Not here", 405: "This page is only for reading"}
        detail = error.detail if isinstance(error, HTTPException) else ""
        return await run_in_threadpool(self._problem, titles.get(code, "Something is wrong"), detail, code)

    async def style(self, request: Request) -> Response:
        return Response(self.css, media_type="text/css", headers={"cache-control": "max-age=3600"})

    async def atom(self, request: Request) -> Response:
        return Response(
            await run_in_threadpool(self.sources.atom), media_type="application/atom+xml; charset=utf-8"
        )

    async def healthz(self, request: Request) -> Response:
        return await self._told(self.sources.health)

    async def readyz(self, request: Request) -> Response:
        return await self._told(self.sources.ready)

    async def _told(self, ask: Callable[[], Json]) -> Response:
        told = await run_in_threadpool(ask)
        return JSONResponse(
            {"at": iso(self.clock.now()), **told},
            200 if told.get("ok") else 503,
            {"cache-control": "no-store"},
        )


def application(
    sources: Sources, *, clock: Clock, default_contest: str, hosts: Sequence[str] = ("127.0.0.1", "localhost")
) -> Starlette:
    """The ASGI app. `hosts` are the names it answers to (others are refused: DNS rebinding)."""
    package = files("tracker.web")
    pages = _Pages(
        sources=sources,
        clock=clock,
        default_contest=default_contest,
        templates=jinja2.Environment(
            loader=jinja2.PackageLoader("tracker.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
        ),
        css=package.joinpath("static/style.css").read_text("utf-8") + _meter_widths(),
    )
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/contest/{contest}", pages.contest),
            Route("/static/style.css", pages.style),
            Route("/alerts.atom", pages.atom),
            Route("/healthz", pages.healthz),
            Route("/readyz", pages.readyz),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*hosts, "[::1]"], www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1024),
            Middleware(_Guarded),
        ],
        exception_handlers={HTTPException: pages.refused},
    )


def _meter_widths() -> str:
    """Widths of the meter's parts as classes: the policy forbids inline styles."""
    return "".join(f".w{n}{{width:{n}%}}" for n in range(101))


class _Guarded:
    """Sets the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *ours]
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)
