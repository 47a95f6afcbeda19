#!/usr/bin/env python3
"""Check a proof that `tracker prove` wrote: python check_proof.py PROOF.json [SEQ:HASH]

SEQ:HASH is the head that you noted or found published, not the one in the proof. Needs Python 3 and nothing
else. Each row's hash is SHA-256 over the hash of the row before and the row's bytes; so the rows in the proof
lead to that head only if none of them was changed, left out or put in.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def check(proof: dict[str, Any], published: str) -> Iterator[str]:
    """The faults of a proof; none: the log that ends in the published head holds this event as shown."""
    digest = bytes.fromhex(proof["prev_hash"])
    for row in proof["rows"]:
        digest = hashlib.sha256(digest + row.encode("utf-8")).digest()
    last = proof["rows"][-1].split("\x1f", 1)[0]
    if f"{last}:{digest.hex()}" != published.lower():
        yield f"the rows lead to {last}:{digest.hex()}, not to {published}"
    names = ("seq", "id", "recorded_at", "kind", "version", "occurred_at", "precision", "contest", "elector",
             "candidate", "stance", "certainty", "item", "producer", "data")  # fmt: skip
    columns = [None if part == "\x1e" else part for part in proof["rows"][0].split("\x1f")]
    shown = dict(proof["event"], data=None)
    stored = dict(zip(names, columns, strict=True))
    if json.loads(stored.pop("data") or "null") != proof["event"]["data"]:
        yield "the event's data is not that of its row"
    yield from (
        f"the event's {name} is not that of its row"
        for name, value in stored.items()
        if str(shown.get(name)) != str(value)
    )


def main(arguments: list[str]) -> int:
    proof = json.loads(Path(arguments[0]).read_text("utf-8"))
    published = arguments[1] if len(arguments) > 1 else "{seq}:{hash}".format(**proof["head"])
    faults = list(check(proof, published))
    for fault in faults:
        print(f"NOT PROVED: {fault}")
    if not faults:
        event = proof["event"]
        print(f"Proved: event {event['seq']} ({event['kind']}) is in the log that ends in {published}.")
        print(json.dumps(event, ensure_ascii=False, indent=2))
        if len(arguments) < 2:
            print("Checked against the head that came with it: compare it with one published elsewhere.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if 2 <= len(sys.argv) <= 3 else __doc__)
