"""The web server inside the daemon's loop: it takes a socket and leaves the signals alone."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from tracker.configuration.settings import Settings
from tracker.errors import ConfigError, Fault

_GRACE_S = 3


class PageServer(uvicorn.Server):
    """Uvicorn without its own signal handlers: the daemon decides when to stop."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=5,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None is captured."""
        yield

    def stop(self) -> None:
        """Take no more requests; `serve` returns when those in hand are answered."""
        self.should_exit = True


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket | None]:
    """The socket that the configuration asks for; `None` when it asks for none.

    Raises ConfigError, naming address and keys, when it cannot be had.
    """
    web = settings.web
    if not web.enabled:
        yield None
        return
    try:
        family = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.create_server((web.host, web.port), family=family, backlog=128)
    except OSError as error:
        raise _refusal(settings, error) from error
    with bound:
        yield bound


def _refusal(settings: Settings, error: OSError) -> ConfigError:
    web = settings.web
    address = f"{web.host}:{web.port}"
    if error.errno == errno.EADDRINUSE:
        fault = Fault(
            key="web.port",
            problem=f"{address} is taken by another program: give another port (TRACKER_WEB_PORT), "
            "or web.enabled = false to serve no page",
        )
    elif error.errno == errno.EACCES:
        fault = Fault(
            key="web.port", problem=f"{address} may not be used by this user: give a port above 1023"
        )
    else:
        fault = Fault(
            key="web.host", problem=f"{address} is no address of this machine: {error.strerror or error}"
        )
    return ConfigError(str(settings.folder / "tracker.toml"), (fault,))
