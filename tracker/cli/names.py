"""Names as people type them: "Hungary", "hu" and "HU" are one elector; a wrong one gets a suggestion."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tracker.contests import Contest
from tracker.errors import UnknownName
from tracker.stances import CandidateId, ElectorId


def folded(text: str) -> str:
    """Without case, accents and punctuation, so that "Türkiye" and "turkiye" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


def elector_id(contests: Sequence[Contest], asked: str) -> ElectorId:
    """The elector, or bloc, of that id or name. Raises UnknownName with the near ones."""
    ids = {folded(e.id): e.id for contest in contests for e in contest.electors}
    ids |= {folded(bloc.id): ElectorId(bloc.id) for contest in contests for bloc in contest.blocs}
    if found := ids.get(folded(asked)):
        return found
    names = _elector_names(contests)
    if found := names.get(folded(asked)):
        return found
    raise UnknownName("elector", asked, where=_where(contests), near=_near(asked, ids, names))


def candidate_id(contests: Sequence[Contest], asked: str) -> CandidateId:
    """The candidate of that id, name or family name. Raises UnknownName with the near ones."""
    candidates = {c.id: c for contest in contests for c in contest.candidates}.values()
    ids = {folded(c.id): c.id for c in candidates}
    names = {folded(name): c.id for c in candidates for name in (c.name, *c.aliases)}
    families: dict[str, list[CandidateId]] = {}
    for candidate in candidates:
        families.setdefault(folded(candidate.name).rpartition(" ")[2], []).append(candidate.id)
    names |= {name: found[0] for name, found in families.items() if len(found) == 1 and name not in names}
    if found := ids.get(folded(asked)) or names.get(folded(asked)):
        return found
    raise UnknownName("candidate", asked, where=_where(contests), near=_near(asked, ids, names))


def unknown(noun: str, asked: str, known: Iterable[str], *, where: str) -> UnknownName:
    """The error for a name that is none of the known ones: the near ones, or all where they are few."""
    names = {folded(name): name for name in known}
    near = _near(asked, names, {}) or (tuple(sorted(names.values())) if len(names) <= 4 else ())
    return UnknownName(noun, asked, where=where, near=near)


def _elector_names(contests: Sequence[Contest]) -> dict[str, ElectorId]:
    from tracker.countries import FormKind, country

    names: dict[str, ElectorId] = {}
    for contest in contests:
        for bloc in contest.blocs:
            for name in (bloc.name, *bloc.aliases):
                names.setdefault(folded(name), ElectorId(bloc.id))
        for elector in contest.electors:
            land = country(elector.id)
            own = (elector.name, *elector.aliases)
            for name in (*own, *(land.texts(FormKind.NAME) if land is not None else ())):
                if name:
                    names.setdefault(folded(name), elector.id)
    return names


def _near(asked: str, ids: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Up to three ids, the likeliest first: spelt alike, else with a word that begins so."""
    wanted = folded(asked)
    close = difflib.get_close_matches(wanted, [*ids, *names], n=6, cutoff=0.7)
    if not close and wanted:
        close = [name for name in (*ids, *names) if f" {name}".find(f" {wanted}") >= 0]
    return tuple(dict.fromkeys(ids.get(name) or names[name] for name in close))[:3]


def _where(contests: Sequence[Contest]) -> str:
    return ", ".join(dict.fromkeys(contest.id for contest in contests)) or "no contest in the log"
