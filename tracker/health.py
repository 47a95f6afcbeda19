"""How a feed is doing: what the last polls gave, and when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """The marks kept of one feed; a feed never polled has none.

    feed             the feed's id in the configuration
    etag, last_modified
                     what the server gave for conditional requests; empty when it gave none
    body_digest      SHA-256 (hex) of the last body taken in, for servers that ignore conditions
    last_poll_at, last_success_at, last_new_at
                     UTC; of the last try, the last that gave a feed (or "not changed"), and the last
                     that brought a new item; `None` when there was none yet
    last_status      HTTP status of the last answer; `None` when none came
    last_error       why the last try failed; empty when it did not
    failures         failed tries since the last success
    next_poll_at     UTC; `None`: as soon as possible
    items_seen       items the feed has brought, ever
    ttl_s            how long the feed asked to be left alone; `None` when it did not say
    moved_to         where the feed said it lives from now on; empty when it did not
    moved_times      how often in a row it said so
    address          where it is asked since it had said so often enough; empty: where the configuration says
    address_of       the configured address that `address` stands for: it ends when that is changed
    gone_times       how often in a row it said that it is gone for good
    rhythm_s         seconds between its new items, as they came lately; `None`: not known yet
    fault            what is wrong with the last body, though its items were taken; empty when nothing is
    polls, unchanged answers that were a feed or word that it has not changed, ever, and how many the latter
    gaps, last_gap_at
                     how often none of its items was known from the poll before, so that others may have
                     come and gone unseen; UTC, the last time
    """

    feed: str
    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_status: int | None = None
    last_error: str = ""
    failures: int = 0
    next_poll_at: datetime | None = None
    items_seen: int = 0
    ttl_s: float | None = None
    moved_to: str = ""
    moved_times: int = 0
    address: str = ""
    address_of: str = ""
    gone_times: int = 0
    rhythm_s: float | None = None
    fault: str = ""
    polls: int = 0
    unchanged: int = 0
    gaps: int = 0
    last_gap_at: datetime | None = None
