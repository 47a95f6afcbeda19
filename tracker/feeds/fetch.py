"""Asking a server for a feed, with manners and within limits."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_network
from urllib.parse import unquote

import httpcore
import httpx

from tracker.clock import Clock
from tracker.errors import FetchError
from tracker.feeds.decoding import ACCEPTED, Body, CompressionError, TooLongError
from tracker.feeds.disk import read_file_url
from tracker.feeds.manners import Room
from tracker.feeds.network import (
    ALLOWANCE,
    Allowance,
    GuardedBackend,
    GuardedTransport,
    RefusedAddressError,
    TooMuchError,
    UnknownHostError,
)
from tracker.feeds.wishes import max_age_s, retry_after_s

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
# What may stand in a header (RFC 9110, 5.5), and how long a validator may be to be kept.
_HEADER_VALUE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?")
_LONGEST_VALIDATOR = 1024
_MOST_PLAIN_HOSTS = 10_000
# A body waits so many times the deadline for room.
_WAITS = 3
# Of an answer's headers, with whatever interim answers come before them.
_HEADERS_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much one fetch may take.

    deadline_s     from the first name looked up to the last byte, redirects included
    max_bytes      of the body, as sent and unpacked
    max_redirects  hops followed
    """

    deadline_s: float = 20.0
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for.

    etag, last_modified
              validators of the last answer; empty when there are none
    headers   sent to the feed's own host only, never logged or shown
    local     the operator vouches for the feed's host: its addresses may be private. Only such a
              feed may be a file:// address
    home      the address that `headers` and `local` are meant for, where that is not `url`: a feed that
              has moved to another host gets neither there. Empty: `url`
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    local: bool = False
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """What a feed's server gave.

    status         200, or 304 with `not_modified` and no body
    body           decoded bytes; `None` when not modified
    etag, last_modified
                   validators for the next request; empty when there are none, and for a body that
                   came cut off: it must be asked for again
    moved_to       where the feed says it lives from now on (301, 308); `None` when it has not moved
    url            where the body came from, after redirects
    content_type   the header's value; empty when there is none
    fault          why the body is not whole; empty when it is. Whole entries in it are good
    max_age_s      how long the answer stays fresh by Cache-Control; `None` when it does not say
    """

    status: int
    body: bytes | None
    etag: str
    last_modified: str
    moved_to: str | None
    url: str
    elapsed_s: float
    not_modified: bool = False
    content_type: str = ""
    fault: str = ""
    max_age_s: float | None = None


class Fetcher:
    """Fetches feeds: one for the process, used from one event loop, closed at the end.

    contact   whom the operator of a server can turn to (an address, a page): part of the User-Agent
    exempt    networks in CIDR form that any feed may lead to, though they are private
    proxy     an HTTP proxy for everything. The environment's are never used
    tls       what servers' certificates are checked against; `None`: the certificates shipped with httpx
    """

    def __init__(
        self,
        *,
        contact: str,
        clock: Clock,
        version: str = "",
        limits: FetchLimits | None = None,
        exempt: tuple[str, ...] = (),
        proxy: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        product = f"tracker/{version}" if version else "tracker"
        # A header holds Latin-1 without line ends; a contact is an address, so little is lost.
        reach = re.sub(r"[^\x20-\x7e]", "", contact).strip()
        self.user_agent = f"{product} (feed reader; +{reach})" if reach else f"{product} (feed reader)"
        self._clock = clock
        self._limits = limits or FetchLimits()
        self._exempt = tuple(ip_network(network) for network in exempt)
        self._proxy = proxy
        self._resolvers = ThreadPoolExecutor(16, thread_name_prefix="resolve")
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        # By local host, `None` for the open web: apart, so that a connection opened for a local feed
        # is never there to be used by another. And by whether HTTP/2 is offered.
        self._transports: dict[tuple[str | None, bool], GuardedTransport] = {}
        # Hosts whose HTTP/2 broke: they are asked in HTTP/1.1 from then on.
        self._plain_hosts: set[str] = set()

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection. Safe to repeat."""
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def fetch(
        self, request: Request, *, limits: FetchLimits | None = None, room: Room | None = None
    ) -> FetchResult:
        """The feed's bytes, or word that they have not changed.

        room  bounds what all fetches together hold; waiting for it does not count against the deadline,
              and lasts a few times as long at most

        Raises FetchError for everything else: with `status` 410 the feed is gone for good;
        `retry_after_s` is the server's wish beside 429 and 503, at most a day. Ends by the deadline
        whatever the server does.
        """
        limits = limits or self._limits
        start = asyncio.get_running_loop().time()
        shown = redacted(request.url)
        try:
            async with asyncio.timeout(limits.deadline_s) as deadline:
                if request.url[:5].lower() == "file:":
                    return await asyncio.to_thread(self._read_file, request, limits)
                return await self._follow(request, limits, start, _Held(room, deadline))
        except TimeoutError:
            raise FetchError(shown, f"not done after {limits.deadline_s:g} s") from None
        except RefusedAddressError as error:
            remedy = "" if request.local else "; set local = true if the feed is meant to be there"
            raise FetchError(shown, f"not a public address: {error}{remedy}") from error
        except TooMuchError as error:
            raise FetchError(
                shown, "sent more than an answer's headers and body can be; not read on"
            ) from error
        except UnknownHostError as error:
            raise FetchError(shown, f"no such host: {error}") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProxyError) as error:
            raise FetchError(shown, f"no connection: {_cause(error)}") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise FetchError(shown, f"the server does not speak HTTP as it should: {error}") from error

    def _read_file(self, request: Request, limits: FetchLimits) -> FetchResult:
        if not request.local:
            raise FetchError(request.url, "a file is read only for a feed with local = true")
        body, stamp = read_file_url(request.url, max_bytes=limits.max_bytes, known=request.etag)
        return FetchResult(
            status=304 if body is None else 200,
            body=body,
            etag=stamp,
            last_modified="",
            moved_to=None,
            url=request.url,
            elapsed_s=0.0,
            not_modified=body is None,
        )

    async def _follow(self, request: Request, limits: FetchLimits, start: float, held: _Held) -> FetchResult:
        url = _address(request.url, of=request)
        home_url = _address(request.home, of=request) if request.home else url
        home = _origin(home_url)
        own_headers = _own_headers(request, url) if _same_home(home, _origin(url)) else {}
        open_host = home_url.host if request.local else None
        url = url.copy_with(userinfo=b"", fragment=None)
        moved_to: str | None = None
        permanent = True
        visited = {str(url)}
        allowance = Allowance(_HEADERS_BYTES)
        ALLOWANCE.set(allowance)
        while True:
            allowance.bytes_left = _HEADERS_BYTES
            answer = await self._ask(url, self._headers(request, own_headers), open_host, limits)
            try:
                if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                    # Chunks of a byte each take six times their length.
                    allowance.bytes_left = limits.max_bytes * 6 + _HEADERS_BYTES
                    body, fault = await _read(answer, request, limits, self._clock, held)
                    break
            finally:
                await answer.aclose()
            permanent = permanent and answer.status_code in _PERMANENT
            url = _next(url, answer.headers["location"], of=request)
            if permanent:
                moved_to = str(url)
            if str(url) in visited:
                raise FetchError(redacted(request.url), f"redirects in a circle, back to {url}")
            visited.add(str(url))
            if len(visited) > limits.max_redirects + 1:
                raise FetchError(
                    redacted(request.url), f"more than {limits.max_redirects} redirects, the last to {url}"
                )
            if not _same_home(home, _origin(url)):
                own_headers = {}  # for good: a way back through another host does not restore them
        headers = answer.headers
        return FetchResult(
            status=answer.status_code,
            body=body,
            etag="" if fault else _validator(headers, b"etag"),
            last_modified="" if fault else _validator(headers, b"last-modified"),
            moved_to=moved_to,
            url=str(url),
            elapsed_s=asyncio.get_running_loop().time() - start,
            not_modified=body is None,
            content_type=headers.get("content-type", ""),
            fault=fault,
            max_age_s=max_age_s(headers.get("cache-control", "")),
        )

    async def _ask(
        self, url: httpx.URL, headers: list[tuple[bytes, bytes]], open_host: str | None, limits: FetchLimits
    ) -> httpx.Response:
        """The answer's status and headers. A server whose HTTP/2 is broken is asked again without; one that
        had just closed a connection that was kept open is asked again on a new one."""
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), limits.deadline_s)
        opened = False

        async def trace(event: str, _: object) -> None:
            nonlocal opened
            opened = opened or event == "connection.connect_tcp.started"

        extensions = {"timeout": timeout, "trace": trace}
        request = httpx.Request("GET", url, headers=headers, extensions=extensions)
        http2 = url.scheme == "https" and url.host not in self._plain_hosts
        try:
            return await self._transport(open_host, http2).handle_async_request(request)
        except (httpcore.ProtocolError, httpcore.ReadError, httpcore.WriteError):
            if opened and not http2:
                raise
            if opened and len(self._plain_hosts) < _MOST_PLAIN_HOSTS:
                self._plain_hosts.add(url.host)
            return await self._transport(open_host, http2 and not opened).handle_async_request(request)

    def _transport(self, open_host: str | None, http2: bool) -> GuardedTransport:
        key = (open_host, http2)
        transport = self._transports.get(key)
        if transport is None:
            backend = GuardedBackend(self._resolvers, open_host=open_host, exempt=self._exempt)
            transport = GuardedTransport(backend, tls=self._tls, proxy=self._proxy, http2=http2)
            self._transports[key] = transport
        return transport

    def _headers(self, request: Request, own: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        sent = {"User-Agent": self.user_agent, "Accept": _ACCEPT}
        if _HEADER_VALUE.fullmatch(request.etag):
            sent["If-None-Match"] = request.etag
        if _HEADER_VALUE.fullmatch(request.last_modified):
            sent["If-Modified-Since"] = request.last_modified
        replaced = {name.lower() for name in own}
        sent = {name: value for name, value in sent.items() if name.lower() not in replaced}
        # The encoding is not for configuration to choose: only what is decoded here is asked for.
        sent |= {name: value for name, value in own.items() if name.lower() != "accept-encoding"}
        sent["Accept-Encoding"] = ACCEPTED
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in sent.items()]


class _Held:
    """What a fetch holds of the body, and the deadline that stands still while it waits to hold more."""

    def __init__(self, room: Room | None, deadline: asyncio.Timeout) -> None:
        self._room = room
        self._deadline = deadline

    async def need(self, held_bytes: int, deadline_s: float) -> None:
        if self._room is None or not self._room.full(held_bytes):
            if self._room is not None:
                await self._room.need(held_bytes)
            return
        loop = asyncio.get_running_loop()
        end = self._deadline.when()
        assert end is not None
        began = loop.time()
        self._deadline.reschedule(end + _WAITS * deadline_s)
        await self._room.need(held_bytes)
        self._deadline.reschedule(end + loop.time() - began)


def redacted(url: str) -> str:
    """The address without a password in it, for messages."""
    return re.sub(r"^([a-zA-Z][\w+.-]*://)[^/?#]*@", r"\1", url.strip())


async def _read(
    answer: httpx.Response, request: Request, limits: FetchLimits, clock: Clock, held: _Held
) -> tuple[bytes | None, str]:
    """The body and its fault; no body for 304. Raises FetchError for any other status."""
    status = answer.status_code
    shown = redacted(request.url)
    if status == 304:
        if not (request.etag or request.last_modified):
            raise FetchError(shown, "HTTP 304 to a request without conditions", status=status)
        return None, ""
    if status not in (200, 203):
        wish = answer.headers.get("retry-after", "") if status in (429, 503) else ""
        raise FetchError(
            shown, _status_words(answer), status=status, retry_after_s=retry_after_s(wish, clock.now())
        )
    fault = ""
    body: Body | None = None
    try:
        body = Body(answer.headers.get("content-encoding", ""), limits.max_bytes)
        try:
            async for part in answer.stream:  # type: ignore[union-attr]
                body.add(part)
                await held.need(body.held, limits.deadline_s)
        except (httpcore.RemoteProtocolError, httpcore.ReadError) as error:
            fault = f"cut off: {_cause(error)}"
        content, whole = body.whole()
    except TooLongError:
        raise FetchError(shown, f"longer than {limits.max_bytes} bytes, not read on", status=status) from None
    except CompressionError as error:
        raise FetchError(shown, str(error), status=status) from error
    finally:
        if body is not None:
            body.drop()
    if not whole:
        fault = fault or "cut off: the compressed data stops short"
    if fault and not content:
        raise FetchError(shown, fault, status=status)
    return content, fault


def _status_words(answer: httpx.Response) -> str:
    status = answer.status_code
    if status == 410:
        return "HTTP 410: gone for good, by the server's word"
    if status in _REDIRECTS:
        return f"HTTP {status}: a redirect without an address"
    phrase = httpx.codes.get_reason_phrase(status)
    return f"HTTP {status} {phrase}".rstrip()


def _address(text: str, *, of: Request) -> httpx.URL:
    shown = redacted(of.url)
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(shown, f"not a web address ({error})") from error
    # A host that httpx had to escape is none.
    if url.scheme not in ("http", "https") or not url.host or b"%" in url.raw_host:
        where = "" if text == of.url else f" (redirected to {redacted(text)[:200]!r})"
        raise FetchError(shown, f"not an http or https address{where}")
    return url


def _next(url: httpx.URL, location: str, *, of: Request) -> httpx.URL:
    try:
        joined = str(url.join(location.strip()))
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(redacted(of.url), f"redirected to what is no address: {location[:200]!r}") from error
    return _address(joined, of=of).copy_with(userinfo=b"", fragment=None)


_Origin = tuple[str, str, int]


def _origin(url: httpx.URL) -> _Origin:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _same_home(home: _Origin, other: _Origin) -> bool:
    """Whether secrets for `home` may go to `other`: the same place, or the same host by HTTPS."""
    upgraded = home == ("http", home[1], 80) and other == ("https", home[1], 443)
    return home == other or upgraded


def _own_headers(request: Request, url: httpx.URL) -> dict[str, str]:
    own = dict(request.headers)
    if url.userinfo and not any(name.lower() == "authorization" for name in own):
        pair = f"{unquote(url.username)}:{unquote(url.password)}".encode()
        own["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
    for name, value in own.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not _HEADER_VALUE.fullmatch(value):
            # The value may be a secret and is not shown.
            raise FetchError(redacted(request.url), f"header {name!r} cannot be sent: not a header's text")
    return own


def _validator(headers: httpx.Headers, name: bytes) -> str:
    for key, value in headers.raw:
        if key.lower() == name:
            text = value.decode("latin-1").strip()
            return text if len(text) <= _LONGEST_VALIDATOR and _HEADER_VALUE.fullmatch(text) else ""
    return ""


def _cause(error: BaseException) -> str:
    """The innermost words of a chain of exceptions that says something."""
    words, seen = "", error
    current: BaseException | None = error
    while current is not None:
        text = (current.strerror if isinstance(current, OSError) else None) or str(current)
        words = text.strip() or words
        seen, current = current, current.__cause__ or current.__context__
        if current is seen:
            break
    return words or type(error).__name__
