"""Which reader read an item: the version that every event carries.

What a reading depends on, beside the item, is the reader's code, its words, the names of countries, and the
roster of the contest. A change in any of them makes another version, without anybody having to think of it;
`tracker reextract` then offers to read again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import msgspec

from tracker.contests import Contest

VERSION = "1"
_READ_BY = (
    (files("tracker.extraction"), (".py",)),
    (files("tracker.extraction").joinpath("languages"), (".toml",)),
    (files("tracker.countries"), (".py", ".json", ".toml")),
)
_DIGITS = 12


def extractor(contest: Contest) -> str:
    """ "rules-1-DIGEST-ROSTER": the version, and digests of code and words, and of the contest's roster."""
    return f"rules-{VERSION}-{digest()}-{roster_digest(contest)}"


@cache
def digest() -> str:
    """A short digest of the code and the data that every contest is read with."""
    seen = hashlib.sha256()
    for folder, endings in _READ_BY:
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(endings):
                # A checkout may end its lines otherwise: that reads nothing otherwise.
                seen.update(entry.name.encode() + b"\0" + entry.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return seen.hexdigest()[:_DIGITS]


def roster_digest(contest: Contest) -> str:
    """A short digest of a contest as the log keeps it: taken from a file or the log, it is the same.

    A weight of 2 is one of 2.0: numbers go one way there and back.
    """
    written = msgspec.json.decode(msgspec.json.encode(contest), type=Contest)
    return hashlib.sha256(msgspec.json.encode(written, order="sorted")).hexdigest()[:_DIGITS]
