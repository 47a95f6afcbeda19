"""Origins: forty copies of a wire report are one source.

Each report carries keys (`origin_keys`); reports that share any key go back to one origin. Keys are exact.
Similarity scores are not used: no threshold tells a copy from a sentence that differs in one name or one
"not", and a wrong merge is worse than a missed one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from tracker.items import Item, canonical_url

# A sentence of fewer words may be worded alike by two hands ("Spain backs her.").
MIN_COPIED_WORDS = 8
_WORDS = re.compile(r"\w+")
# "(Meridian Wire)" after a dateline or at the end, "Source: Meridian Wire", "Meridian Wire reported".
_CREDIT = re.compile(
    r"\(((?:[A-Z][\w&.-]{1,20} ?){1,4})\)\s*(?:[-–—]|$)"
    r"|\b(?:[Ss]ource|[Qq]uelle|[Bb]ron|[Ff]uente|[Ff]onte|[Ss]ursa)\s*:\s*((?:[A-Z][\w&.-]{1,20} ?){1,4})"
    r"|\b((?:[A-Z][\w&.-]{1,20} ){1,3}[A-Z][\w&.-]{1,20}) reported\b",
    re.MULTILINE,
)
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_CREDIT_REACH = 400


def outlet_key(name: str) -> str:
    """The key of an outlet, whatever the case and marks of its name."""
    return "outlet:" + " ".join(_WORDS.findall(_plain(name)))


def origin_keys(item: Item, sentence: str) -> tuple[str, ...]:
    """Keys of a report read in `item` from `sentence`: outlet, outlets credited, link, the sentence."""
    keys = {outlet_key(item.source)}
    if item.url:
        keys.add("url:" + canonical_url(item.url))
    for text in (item.title, item.summary, item.body):
        bare = _MARKUP.sub(" ", text)
        # Credits stand at the head or the foot of a text; in between they are about something else.
        ends = bare if len(bare) <= 2 * _CREDIT_REACH else f"{bare[:_CREDIT_REACH]}\n{bare[-_CREDIT_REACH:]}"
        for match in _CREDIT.finditer(ends):
            keys.add(outlet_key(next(group for group in match.groups() if group)))
    words = _WORDS.findall(_plain(sentence))
    if len(words) >= MIN_COPIED_WORDS:
        keys.add("text:" + hashlib.sha256(" ".join(words).encode()).hexdigest()[:24])
    return tuple(sorted(keys))


def count_origins(reports: Iterable[Sequence[str]]) -> int:
    """Independent origins among reports given by their keys (union of all that share any key)."""
    groups: list[set[str]] = []
    for keys in reports:
        merged = set(keys)
        apart = []
        for group in groups:
            if merged & group:
                merged |= group
            else:
                apart.append(group)
        groups = [*apart, merged]
    return len(groups)


def _plain(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in marked if not unicodedata.combining(c))
