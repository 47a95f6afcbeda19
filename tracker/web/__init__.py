"""The read-only page: holdouts, standings, last changes, feeds; `application` makes the ASGI app."""

from tracker.web.application import Sources, application

__all__ = ["Sources", "application"]
