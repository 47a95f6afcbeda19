"""The way out: connections that go only where a feed may lead.

The check stands at connection time. A name is resolved once, its addresses are judged, and the
connection goes to a judged address: a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Executor
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from tracker.feeds.addresses import Address, Network, read_address, special

# A host with several addresses gets this long for each but the last, so that one dead address
# cannot use up the whole deadline.
_ATTEMPT_S = 4.0


class RefusedAddressError(Exception):
    """The host has no address that may be connected to; the text says which it has."""


class UnknownHostError(Exception):
    """The name does not resolve; the text is the resolver's."""


class TooMuchError(Exception):
    """A server sent more than an answer can be, before or beside its body."""


class Allowance:
    """How many more bytes may come in for the request at hand (headers, interim answers, framing and all)."""

    def __init__(self, bytes_left: int) -> None:
        self.bytes_left = bytes_left

    def take(self, count: int) -> None:
        """Raises TooMuchError when it is used up."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise TooMuchError


# Of the request that this task makes. Its connection may have been opened for another one.
ALLOWANCE: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


class _CountedStream(httpcore.AsyncNetworkStream):
    """A connection whose bytes are counted as they come in."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part = await self._inner.read(max_bytes, timeout)
        allowance = ALLOWANCE.get()
        if allowance is not None:
            allowance.take(len(part))
        return part

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _CountedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to public addresses.

    open_host   a host whose own addresses, whatever they are, may be connected to (a feed listed as
                local); `None`: no such host. Another host at a private address stays refused, so a
                local feed cannot be made to look around in the operator's network.
    exempt      networks that any feed may lead to
    """

    def __init__(
        self, executor: Executor, *, open_host: str | None = None, exempt: tuple[Network, ...] = ()
    ) -> None:
        self._executor = executor
        self._open_host = open_host
        self._exempt = exempt
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that is allowed and answers.

        Raises RefusedAddressError, UnknownHostError, or the last attempt's httpcore error.
        """
        addresses = await self._allowed(host, port)
        for address in addresses[:-1]:
            limit = _ATTEMPT_S if timeout is None else min(timeout, _ATTEMPT_S)
            try:
                return _CountedStream(
                    await self._backend.connect_tcp(str(address), port, limit, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return _CountedStream(
            await self._backend.connect_tcp(str(addresses[-1]), port, timeout, local_address, socket_options)
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: no feed lives there."""
        raise RefusedAddressError(f"a socket in the file system: {path}")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _allowed(self, host: str, port: int) -> list[Address]:
        found = await self._resolve(host, port)
        opened: list[Address] = []
        if self._open_host is not None and any(self._refusal(address, []) for address in found):
            opened = found if host == self._open_host else await self._resolve(self._open_host, port)
        refusals = {address: self._refusal(address, opened) for address in found}
        allowed = [address for address in found if not refusals[address]]
        if not allowed:
            described = ", ".join(f"{address} ({kind})" for address, kind in refusals.items())
            raise RefusedAddressError(f"{host} is at {described}")
        return allowed

    def _refusal(self, address: Address, opened: list[Address]) -> str:
        if address in opened:
            return ""
        if any(address.version == network.version and address in network for network in self._exempt):
            return ""
        return special(address)

    async def _resolve(self, host: str, port: int) -> list[Address]:
        # In a pool of its own: names that hang must not take the threads that others store with.
        loop = asyncio.get_running_loop()
        try:
            infos = await loop.run_in_executor(
                self._executor, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
            addresses = [read_address(str(info[4][0])) for info in infos]
        except (OSError, UnicodeError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise UnknownHostError(f"{host}: {words}") from error
        if not addresses:
            raise UnknownHostError(f"{host}: no address")
        return list(dict.fromkeys(addresses))


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport over a connection pool of which every connection is guarded.

    It keeps no cookies, reads no environment and no .netrc, and follows nothing by itself.

    http2  offered to servers that speak TLS; the others, and those that decline, get HTTP/1.1
    """

    def __init__(
        self, backend: GuardedBackend, *, tls: ssl.SSLContext, proxy: str | None = None, http2: bool = False
    ) -> None:
        if proxy is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=tls,
                network_backend=backend,
                max_connections=None,
                max_keepalive_connections=20,
                keepalive_expiry=15.0,
                http2=http2,
            )
        else:
            # The proxy resolves names then, and answers for where they lead.
            self._pool = httpcore.AsyncHTTPProxy(
                proxy, ssl_context=tls, max_connections=None, max_keepalive_connections=20, http2=http2
            )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one answer; its stream raises httpcore's errors. Raises those too."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request)

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
