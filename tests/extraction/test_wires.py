"""Items as wires write them, in languages other than English: each says exactly what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from extraction_cases import CASES, read

SIGN = {1: "+", 0: "0", -1: "-"}
TIME = {"now": "", "historical": "h", "future": "f", "conditional": "c"}
SECOND = {"klaus-iohannis": "kl"}


def wires() -> Iterator[tuple[str, str, str]]:
    for file in sorted((CASES / "wires").glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                text, _, said = line.rpartition("=>")
                yield file.stem, text.strip(), said


@pytest.mark.parametrize(("lang", "text", "said"), list(wires()))
def test_a_wire_item_says_what_stands_beside_it(lang: str, text: str, said: str) -> None:
    title, summary, *body = (part.strip() for part in text.split("|"))
    reading = read(title, summary, " ".join(body), lang=lang, published="2024-06-18T12:00:00Z")
    found = {
        f"{c.elector}{SIGN[c.stance.polarity]}{TIME[c.time.value]}{SECOND.get(c.candidate, '')}"
        for c in reading.claims
    }
    assert found == set(said.split())
