"""What the service tells on standard error: words for a terminal, JSON lines for anything else."""

from __future__ import annotations

import logging
import sys

import structlog

# These tell too much at their own levels: every request, with addresses that may hold secrets.
_QUIET = ("httpx", "httpcore", "apscheduler", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio")


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that takes fields: `log.info("feed read", feed=…)`.

    It hands on to the standard library's, so that a program which never called `configure` prints
    warnings to standard error, and nothing to standard output.
    """
    bound: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return bound


def configure(*, verbose: bool = False) -> None:
    """Set up logging for a process that runs on, at its start; again is safe."""
    terminal = sys.stderr.isatty()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Tracebacks without the values of variables: they may be what no log should show.
                *_endings(terminal),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _endings(terminal: bool) -> list[structlog.types.Processor]:
    if terminal:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
