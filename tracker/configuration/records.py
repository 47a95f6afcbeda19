"""What can be configured: a record a table, each key with its meaning and its default."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tracker.configuration.secrets import Secret
from tracker.contests import Contest
from tracker.errors import Fault
from tracker.items import OutletClass
from tracker.projection import Policy
from tracker.stances import ContestId


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """One feed to poll.

    id            kebab-case; stored with every item, so it should stay
    url           http, https or file
    outlet        the name shown as the source; empty: the feed's own title
    outlet_class  `class` in the file: wire, outlet or official (an elector's own voice)
    elector       for an official feed: whose voice it is
    country, lang ISO 3166 alpha-2 and BCP 47, lower case; empty: not known
    local         its host may be this machine or a private network
    interval_s    seconds between polls; `None`: [poll] says
    enabled       False: kept in the file and not polled
    authorization value of that header, sent to this feed's host only
    """

    id: str
    url: str
    outlet: str = ""
    outlet_class: OutletClass = field(default=OutletClass.OUTLET, metadata={"key": "class"})
    country: str = ""
    lang: str = ""
    elector: str = ""
    local: bool = False
    interval_s: int | None = None
    enabled: bool = True
    authorization: Secret | None = field(default=None, metadata={"secret": "authorization"})


class ChannelKind(StrEnum):
    """How alerts leave: printed, posted as JSON, or kept as an Atom file that anyone may read."""

    CONSOLE = "console"
    WEBHOOK = "webhook"
    ATOM = "atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """One way for alerts to leave.

    name          kebab-case; deliveries are counted under it, so it should stay
    url           of a webhook; empty when `secret_url` holds it
    secret_url    a webhook's address that is itself a secret (`url_env`, `url_file`)
    path          of an Atom file, absolute; beside the database when the file gives a relative one
    contests      ids; empty: all
    local         a webhook's host may be this machine or a private network
    signing_key   signs a webhook's body (Standard Webhooks); `None`: unsigned
    authorization value of that header on a webhook
    entries       of an Atom file: how many of the last alerts it holds
    """

    name: str
    kind: ChannelKind
    url: str = ""
    path: Path | None = None
    contests: tuple[ContestId, ...] = ()
    local: bool = False
    enabled: bool = True
    entries: int = 100
    secret_url: Secret | None = field(default=None, metadata={"secret": "url"})
    signing_key: Secret | None = field(default=None, metadata={"secret": "signing_key"})
    authorization: Secret | None = field(default=None, metadata={"secret": "authorization"})

    @property
    def address(self) -> str:
        """The webhook's address, also when it is a secret: for sending only, never for showing."""
        return self.secret_url.reveal() if self.secret_url is not None else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """How feeds are read.

    interval_s          seconds between two polls of a feed of which nothing more is known
    stretch             a feed's own rhythm and wishes (`ttl`, Cache-Control) may make the pause so many
                        times shorter or longer; 1: not at all. A feed with an interval of its own keeps that
    shortest_s, longest_s
                        bounds of the pause, whatever feed or server ask for
    jitter_s            a poll comes up to so much earlier, and a tenth of its pause at most, so that
                        feeds do not come all at once
    timeout_s           for a whole fetch, redirects included
    max_bytes           of one answer, as sent and unpacked
    max_items           of one feed document; further ones are left
    at_once             fetches at the same time
    host_at_once, host_pause_s
                        of them, at one host, and seconds between their starts there; a local feed's host
                        needs no such manners
    fresh_s             of a feed polled for the first time, items published longer ago alert nobody
    contact             address or page of whoever runs this, told to servers in the user agent
    """

    interval_s: int = 600
    stretch: float = 3.0
    shortest_s: int = 60
    longest_s: int = 21600
    jitter_s: int = 30
    timeout_s: float = 20.0
    max_bytes: int = 8 * 1024 * 1024
    max_items: int = 500
    at_once: int = 64
    host_at_once: int = 2
    host_pause_s: float = 1.0
    fresh_s: int = 86_400
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How alerts are sent.

    interval_s      seconds between two looks at the outbox
    timeout_s       for one try
    first_retry_s, longest_retry_s
                    pause after the first failure; it doubles up to the longest
    give_up_after_s an alert that failed for so long is dead (`tracker alerts` shows and revives it)
    """

    interval_s: float = 2.0
    timeout_s: float = 10.0
    first_retry_s: float = 10.0
    longest_retry_s: float = 3600.0
    give_up_after_s: float = 259200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The page that `run` and `serve` offer.

    enabled  False: `run` serves nothing
    url      how readers reach it, for links in alerts; empty: made from host and port
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 8787
    url: str = ""

    @property
    def address(self) -> str:
        """Where readers find the page, without a last slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.url.rstrip("/") or f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is configured; sound, or it would not be here.

    folder    where tracker.toml, feeds.toml and contests/ were read
    database  absolute
    contest   the default contest's id
    unready   what is named and not there, such as a signing key whose variable is not set: no fault for
              a verb that only reads; `require_ready` refuses it before anything is sent
    """

    folder: Path
    database: Path
    contest: ContestId
    contests: tuple[Contest, ...]
    feeds: tuple[FeedSettings, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    policy: Policy = field(default_factory=Policy)
    poll: PollSettings = field(default_factory=PollSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    web: WebSettings = field(default_factory=WebSettings)
    unready: tuple[Fault, ...] = ()
