"""Plain wording as wires use it, in every kind of contest: each reading checked by hand against the rules."""

from __future__ import annotations

from typing import Any

import pytest
from extraction_cases import cases, read

PLAIN = list(cases("plain.jsonl"))


@pytest.mark.parametrize("case", PLAIN, ids=[case["title"] for case in PLAIN])
def test_plain_wording_is_read_whole(case: dict[str, Any]) -> None:
    reading = read(case["title"], case["summary"], contest=case["contest"], published=case["published"])
    got = {(c.elector, c.candidate, c.stance, c.certainty, c.time) for c in reading.claims}
    wanted = {(c["elector"], c["candidate"], c["stance"], c["certainty"], c["time"]) for c in case["claims"]}
    assert got == wanted
