"""An Atom feed of alerts (RFC 4287): written to a file, or rendered for the page that serves it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from tracker.alerts import Alert
from tracker.channels.rendering import Names, headline, message, plain
from tracker.channels.setup import Setup
from tracker.clock import iso
from tracker.errors import DeliveryError
from tracker.log import Head

_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = "Changes of standing"


def render_feed(
    alerts: Iterable[Alert],
    names: Names,
    *,
    updated: datetime,
    title: str = _TITLE,
    url: str = "",
    page: str = "",
    head: Head | None = None,
) -> bytes:
    """The alerts, newest first as given, as an Atom 1.0 document in UTF-8.

    updated  UTC; what the feed says of itself while it has no entry
    url      where the feed is served, page what it belongs to; empty when it is only a file
    head     where the log ends, to be kept by whoever reads the feed: a chain cannot show a cut tail
    Ids are made from `url` or `title` and from the alerts' keys, so they stay as they are for ever.
    """
    ET.register_namespace("", _ATOM)
    kept = list(alerts)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, f'tracker:feed:{url or title}')}")
    _add(feed, "title", title)
    _add(feed, "updated", iso(max((alert.at for alert in kept), default=updated)))
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", "tracker")
    if head is not None:
        _add(feed, "subtitle", f"Log head: event {head.seq}, {head.hash.hex()}")
    if url:
        ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "href": plain(url)})
    if page:
        ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "alternate", "href": plain(page)})
    for alert in kept:
        _entry(feed, alert, names)
    ET.indent(feed, " ")
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _entry(feed: ET.Element, alert: Alert, names: Names) -> None:
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    _add(entry, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, f'tracker:alert:{alert.key}')}")
    _add(entry, "title", headline(alert, names))
    _add(entry, "updated", iso(alert.at))
    _add(entry, "published", iso(alert.occurred_at))
    # Feeds write their links; anything but a web address stays out of a reader's browser.
    if alert.url.startswith(("http://", "https://")):
        ET.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "href": plain(alert.url)})
    for term in (alert.contest, alert.elector, alert.candidate):
        ET.SubElement(entry, f"{{{_ATOM}}}category", {"term": plain(term)})
    content = _add(entry, "content", message(alert, names))
    content.set("type", "text")


def _add(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{tag}")
    child.text = "\n".join(plain(line) for line in text.split("\n"))
    return child


class AtomFile:
    """Keeps a file with the last alerts; whoever reads it sees the old file or the new one, never half."""

    def __init__(self, setup: Setup) -> None:
        self.name = setup.name
        self._names = setup.names
        self._clock = setup.clock
        self._recent = setup.recent
        self._path = Path(setup.path)
        self._limit = setup.limit
        self._title = setup.title or _TITLE

    def send(self, alert: Alert) -> None:
        """As `Channel.send`. The file is written anew from the alerts kept, so a repeat changes nothing."""
        alerts = list(self._recent(self._limit))
        if all(kept.key != alert.key for kept in alerts):
            # Found longer ago than the list reaches, or the list is not kept: the newest are shown anyway.
            alerts = sorted([*alerts, alert], key=lambda kept: kept.at, reverse=True)[: self._limit]
        document = render_feed(alerts, self._names, updated=self._clock.now(), title=self._title)
        try:
            _replace(self._path, document)
        except OSError as error:
            raise DeliveryError(
                self.name, f"{self._path} cannot be written: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Nothing is held open."""


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file and move into its place, so that no reader meets half of it; its folder is
    made if there is none."""
    path.absolute().parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is for its owner alone; a feed is for whoever serves it.
        beside.chmod(0o644)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
