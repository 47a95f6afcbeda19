"""What well-formed settings can still get wrong: addresses, doubles, numbers out of bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from tracker.configuration.records import (
    ChannelKind,
    ChannelSettings,
    DeliverySettings,
    FeedSettings,
    PollSettings,
    WebSettings,
)
from tracker.configuration.tables import Findings
from tracker.contests import Contest
from tracker.countries import COUNTRIES
from tracker.items import OutletClass
from tracker.projection import Policy

_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
# The least a number may be, where that is neither 1 nor a hundredth.
_LEAST: dict[str, float] = {"jitter_s": 0, "host_pause_s": 0, "stretch": 1}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def check_feeds(
    feeds: tuple[FeedSettings, ...], contests: tuple[Contest, ...], poll: PollSettings, found: Findings
) -> None:
    """Faults of feeds.toml."""
    _names(((feed.id, f"feeds[{n}].id") for n, feed in enumerate(feeds)), found)
    electors = {elector.id for contest in contests for elector in contest.electors}
    urls: dict[str, int] = {}
    for n, feed in enumerate(feeds):
        key = f"feeds[{n}]"
        _address(feed.url, f"{key}.url", ("http", "https", "file"), feed.local, found)
        first = urls.setdefault(feed.url, n)
        if first != n:
            found.fault(f"{key}.url", f"is there already, as feeds[{first}]")
        if feed.lang and not _LANGUAGE.fullmatch(feed.lang):
            found.fault(f"{key}.lang", f"not a language such as en or pt-br: {feed.lang!r}")
        if feed.country and feed.country not in COUNTRIES:
            found.fault(f"{key}.country", f"no country {feed.country!r} (ISO 3166 alpha-2, lower case)")
        if feed.elector and feed.outlet_class is not OutletClass.OFFICIAL:
            found.fault(f"{key}.elector", 'only a feed of class = "official" is an elector\'s own voice')
        if feed.elector and feed.elector not in COUNTRIES and feed.elector not in electors:
            found.fault(f"{key}.elector", f"no elector {feed.elector!r} in any contest, and no country")
        if feed.interval_s is not None and not poll.shortest_s <= feed.interval_s <= poll.longest_s:
            bounds = f"{poll.shortest_s} and {poll.longest_s} ([poll] shortest_s, longest_s)"
            found.fault(f"{key}.interval_s", f"not between {bounds}: {feed.interval_s}")


def check_channels(channels: tuple[ChannelSettings, ...], found: Findings) -> None:
    """Faults of [[channels]]."""
    _names(((channel.name, f"channels[{n}].name") for n, channel in enumerate(channels)), found)
    named = {fault.key.rpartition(".")[0] for fault in found.warnings if "url_" in fault.key}
    for n, channel in enumerate(channels):
        key = f"channels[{n}]"
        webhook = channel.kind is ChannelKind.WEBHOOK
        if webhook and not channel.address and key not in named:
            found.fault(f"{key}.url", "missing: a webhook needs its address (url, url_env or url_file)")
        if webhook and channel.address:
            secret = channel.secret_url is not None
            _address(channel.address, f"{key}.url", ("http", "https"), channel.local, found, secret=secret)
        if not webhook and channel.address:
            found.fault(f"{key}.url", f"has no meaning for {channel.kind.value!r}")
        if channel.kind is ChannelKind.ATOM and channel.path is None:
            found.fault(f"{key}.path", "missing: an Atom channel needs the file to write")
        if channel.kind is not ChannelKind.ATOM and channel.path is not None:
            found.fault(f"{key}.path", f"has no meaning for {channel.kind.value!r}")
        if channel.entries < 1:
            found.fault(f"{key}.entries", f"not a number of entries: {channel.entries}")


def check_numbers(
    poll: PollSettings, delivery: DeliverySettings, web: WebSettings, policy: Policy, found: Findings
) -> None:
    """Numbers of tracker.toml that are out of bounds."""
    for table, record in (("poll", poll), ("delivery", delivery)):
        for name in type(record).__dataclass_fields__:
            value = getattr(record, name)
            least = _LEAST.get(name, 1 if isinstance(value, int) else 0.01)
            if isinstance(value, int | float) and value < least:
                found.fault(f"{table}.{name}", f"too small: {value}")
    if not poll.shortest_s <= poll.interval_s <= poll.longest_s:
        found.fault("poll.interval_s", f"not between shortest_s and longest_s: {poll.interval_s}")
    if delivery.longest_retry_s < delivery.first_retry_s:
        found.fault("delivery.longest_retry_s", "shorter than first_retry_s")
    if not 0 <= web.port <= 65535:
        found.fault("web.port", f"not a port (0 to 65535): {web.port}")
    if web.url:
        _address(web.url, "web.url", ("http", "https"), True, found)
    if not web.host:
        found.fault("web.host", "empty: 127.0.0.1 for this machine only, 0.0.0.0 for all")
    if policy.origins_needed < 1:
        found.fault("policy.origins_needed", f"not a number of origins: {policy.origins_needed}")
    if policy.decision_origins < 0:
        found.fault("policy.decision_origins", f"not a number of origins: {policy.decision_origins}")


def _names(named: Iterable[tuple[str, str]], found: Findings) -> None:
    first: dict[str, str] = {}
    for name, key in named:
        if not _ID.fullmatch(name):
            found.fault(key, f"not an id: {name!r} (lower-case letters, digits and hyphens: bbc-world)")
        elif first.setdefault(name, key) != key:
            found.fault(key, f"{name!r} is there already, as {first[name]}")


def _address(
    url: str, key: str, schemes: tuple[str, ...], local: bool, found: Findings, *, secret: bool = False
) -> None:
    shown = "the secret address" if secret else repr(url)
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError as error:
        found.fault(key, f"not an address: {error}" if not secret else "not an address")
        return
    if parts.scheme not in schemes or not port_is_number:
        found.fault(key, f"not {' or '.join(schemes)}: {shown}")
    elif parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not parts.path:
            found.fault(key, f"a file is written file:///folder/feed.xml: {shown}")
        elif not local:
            found.fault(key, "a file on this machine: say local = true")
    elif not parts.hostname:
        found.fault(key, f"names no host: {shown}")
    elif parts.username or parts.password:
        found.fault(key, "carries a name or password: put it into authorization_env or authorization_file")
    elif not local and _is_private(parts.hostname):
        found.fault(key, f"{parts.hostname} is this machine or a private network: say local = true")


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
