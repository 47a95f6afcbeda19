"""What a server says about the next visit: Retry-After, Cache-Control."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# A server's wish is heard up to here: a week's silence after one mistyped header would lose news.
LONGEST_WISH_S = 86_400.0
_DIGITS = re.compile(r"\d{1,12}")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NO_STORE = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds from now, by Retry-After (RFC 9110, 10.2.3: seconds or a date); 0 to a day.

    `None` when the value is neither: the caller's own back-off holds then.
    """
    text = value.strip()
    if _DIGITS.fullmatch(text):
        return min(float(text), LONGEST_WISH_S)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return min(max((moment - now).total_seconds(), 0.0), LONGEST_WISH_S)
    except OverflowError:
        return None


def max_age_s(cache_control: str) -> float | None:
    """How long the answer is fresh (RFC 9111, 5.2.2.1), at most a day; `None` when it does not say."""
    if _NO_STORE.search(cache_control):
        return None
    found = _MAX_AGE.search(cache_control)
    return min(float(found[1]), LONGEST_WISH_S) if found else None
