"""Praise: a source of the elector speaks well of the candidate. No claim by itself; it sources one."""

from __future__ import annotations

from tracker.extraction.attribution import weigh
from tracker.extraction.frames import Frames
from tracker.extraction.resolution import Praise
from tracker.extraction.units import Kind


def read(frames: Frames) -> list[Praise]:
    """Praise (or blame) by a cited source that speaks for an elector."""
    sentence = frames.sentence
    found = []
    for report in frames.said:
        if not report.source.electors:
            continue
        inside = sentence.units[report.first : report.last + 1]
        candidates = {c for u in inside if u.kind is Kind.CANDIDATE for c in u.candidates}
        if not candidates and any("him" in u.classes or "he" in u.classes for u in inside):
            one = frames.discourse.candidate(sentence, report.first, report.source.electors)
            candidates = {one} if one else set()
        sign = 1 if any("praise" in u.classes for u in inside) else 0
        if len(candidates) != 1 or not sign:
            continue
        for elector in report.source.electors:
            certainty, voice = weigh(elector, report.source, acts=False)
            found.append(
                Praise(
                    elector=elector,
                    candidate=next(iter(candidates)),
                    sign=sign,
                    certainty=certainty,
                    voice=voice,
                    source=report.source,
                )
            )
    return found
