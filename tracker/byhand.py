"""What a person enters: who says so and why, when it happened, where to read it and which names count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from tracker.claims import Evidence
from tracker.contests import Contest
from tracker.errors import InputError, UnknownName
from tracker.events import Source
from tracker.items import OutletClass
from tracker.projection.origins import outlet_key
from tracker.stances import CandidateId, ElectorId, Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What comes with everything that a person enters.

    by, why      who enters it, and why; what takes it in refuses a blank one (`signed`)
    at           UTC; when it happened, as fine as `precision` says
    words        those relied on; may be empty
    url, outlet  where they can be read, and who published them; may be empty
    """

    by: str
    why: str
    at: datetime
    precision: Precision = Precision.DAY
    words: str = ""
    url: str = ""
    outlet: str = ""

    @property
    def source(self) -> Source:
        """Where it was published, else the person."""
        outlet = self.outlet or self.by
        keys = {outlet_key(outlet), *([f"url:{self.url}"] if self.url else [])}
        return Source(
            outlet=outlet,
            url=self.url,
            title="",
            outlet_class=OutletClass.OUTLET,
            origins=tuple(sorted(keys)),
        )

    def evidence(self, otherwise: str = "") -> Evidence:
        """The words relied on, else `otherwise`."""
        words = self.words or otherwise
        return Evidence(field="body", start=0, end=len(words), text=words, sentence=words)


def signed(by: str, why: str) -> None:
    """Raises InputError unless a person says who enters something, and why."""
    if not by.strip():
        raise InputError("--by", "who enters this? Give a name")
    if not why.strip():
        raise InputError("--why", "every correction says why. Give the reason")


def known_candidate(roster: Contest, name: str) -> CandidateId:
    """The candidate's id, when the roster has it. Raises UnknownName with the near ones."""
    return CandidateId(_known("candidate", name, [candidate.id for candidate in roster.candidates], roster))


def known_elector(roster: Contest, name: str, *, blocs: bool = False) -> ElectorId:
    """The elector's id, or with `blocs` a bloc's, when the roster has it. Raises UnknownName with the near
    ones."""
    names: list[str] = [elector.id for elector in roster.electors]
    if blocs:
        names += [bloc.id for bloc in roster.blocs]
    return ElectorId(_known("elector", name, names, roster))


def _known(noun: str, name: str, names: Sequence[str], roster: Contest) -> str:
    if name not in names:
        near = tuple(get_close_matches(name, names, n=3))
        raise UnknownName(noun, name, where=f"contest {roster.id}", near=near)
    return name
