"""Compounds of a body's name and what the body has: read in any contest, whatever the body."""

from __future__ import annotations

import pytest
from extraction_cases import read

from tracker.stances import Certainty


@pytest.mark.parametrize(
    ("lang", "contest", "text", "speaker", "elector"),
    [
        ("nl", "nato-sg-2024", "NAVO-diplomaten zeggen dat Hongarije Rutte steunt.", "NAVO-diplomaten", "hu"),
        ("nl", "nato-sg-2024", "Volgens NAVO-bronnen steunt Hongarije Rutte.", "NAVO-bronnen", "hu"),
        ("nl", "un-sg-2026", "VN-diplomaten zeggen dat Panama Bachelet steunt.", "VN-diplomaten", "pa"),
        ("de", "nato-sg-2024", "Nato-Diplomaten sagen, Ungarn unterstütze Rutte.", "Nato-Diplomaten", "hu"),
        ("de", "un-sg-2026", "UN-Diplomaten sagen, Panama unterstütze Bachelet.", "UN-Diplomaten", "pa"),
    ],
)
def test_diplomats_of_a_body_are_unnamed_sources(
    lang: str, contest: str, text: str, speaker: str, elector: str
) -> None:
    [claim] = read("", text, contest=contest, lang=lang).claims
    assert (claim.elector, claim.certainty, claim.speaker) == (elector, Certainty.ANONYMOUS, speaker)
