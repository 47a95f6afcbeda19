"""Wordings of other languages: each sentence of `tests/cases/wording/` says exactly what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from extraction_cases import CASES, read

SIGN = {1: "+", 0: "0", -1: "-"}
TIME = {"now": "", "historical": "h", "future": "f", "conditional": "c"}
SECOND = {"klaus-iohannis": "kl"}
HEADLINE = "Nato / Navo / Otan: Rutte"


def wordings() -> Iterator[tuple[str, str, str]]:
    for file in sorted((CASES / "wording").glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                text, _, said = line.rpartition("=>")
                yield file.stem, text.strip(), said


@pytest.mark.parametrize(("lang", "text", "said"), list(wordings()))
def test_a_wording_says_what_stands_beside_it(lang: str, text: str, said: str) -> None:
    title, _, summary = text.rpartition(" | ")
    found = {
        f"{c.elector}{SIGN[c.stance.polarity]}{TIME[c.time.value]}{SECOND.get(c.candidate, '')}"
        for c in read(title or HEADLINE, summary, lang=lang).claims
    }
    assert found == set(said.split())
