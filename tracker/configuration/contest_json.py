"""A contest from JSON in the shape of older research files, as the text of a contest file.

That shape: `body`, `decision_rule`, `window`, `candidates`, `blocs`, and `electors` with their names,
`metonyms` and nested `speakers`. What the country data knows is left out; descriptions of candidates by
office ("Dutch prime minister") become offices; what has no place here stays as a comment or a note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.configuration.contest_file import well_known_bloc
from tracker.configuration.contest_text import write
from tracker.configuration.offices import held_office, national_office
from tracker.configuration.tables import END_DAYS, day_of
from tracker.contests import (
    Bloc,
    Body,
    Candidate,
    CandidateStatus,
    Contest,
    Elector,
    ElectorKind,
    Speaker,
    SpeakerRole,
)
from tracker.countries import country
from tracker.errors import ConfigError, Fault
from tracker.rules import Rule
from tracker.stances import CandidateId, ContestId, ElectorId

Json = Mapping[str, Any]

_STATUS = {
    "mentioned": CandidateStatus.MENTIONED,
    "ineligible": CandidateStatus.MENTIONED,
    "protest": CandidateStatus.MENTIONED,
    "declined": CandidateStatus.DECLINED,
    "withdrawn": CandidateStatus.WITHDRAWN,
}
_ROLES = {role.value: role for role in SpeakerRole} | {"president": SpeakerRole.LEADER}
_SEATS = {  # the cities of the bodies these files are about
    "nato": ("Brussels", "Bruxelles", "Brüssel", "Brussel", "Bruselas", "Bruksela"),
    "un": ("New York", "Nueva York", "Nova York", "Geneva"),
    "unesco": ("Paris",),
    "wto": ("Geneva", "Genf", "Genève", "Ginebra", "Genebra"),
    "imf": ("Washington",),
    "african-union": ("Addis Ababa", "Addis-Abeba"),
    "eu": ("Brussels", "Bruxelles", "Brüssel", "Brussel", "Bruselas", "Strasbourg"),
}


def convert(stored: object, name: str = "JSON") -> str:
    """The text of a contest file. Raises ConfigError, naming the key, when the JSON is of another shape.

    name  stands for the file in what is raised
    """
    if not isinstance(stored, Mapping):
        raise ConfigError(name, (Fault(key="", problem="expected an object with id, body, electors ..."),))
    try:
        contest, comments = _contest(stored)
    except KeyError as error:
        raise ConfigError(name, (Fault(key=str(error.args[0]), problem="missing"),)) from error
    except (TypeError, AttributeError, ValueError) as error:
        raise ConfigError(name, (Fault(key="", problem=f"not in the expected shape: {error}"),)) from error
    return write(contest, comments)


def _contest(stored: Json) -> tuple[Contest, dict[str, str]]:
    states = any(country(e["id"]) is not None for e in stored["electors"])
    shared = _shared_aliases(stored["electors"])
    rows: Sequence[Json] = stored["electors"]
    rule = stored["decision_rule"]
    electors = tuple(_elector(row, rule, states, shared) for row in rows)
    window = stored.get("window") or {}
    body = stored["body"]
    opened = _day(window.get("opened"))
    contest = Contest(
        id=ContestId(stored["id"]),
        title=stored["title"],
        post=stored["post"],
        body=Body(id=body["id"], name=body["name"], aliases=_texts(body.get("aliases"), body["name"])),
        rule=_rule(rule, rows),
        candidates=tuple(_candidate(c) for c in stored["candidates"]),
        electors=electors,
        speakers=tuple(_speaker(row["id"], s) for row in rows for s in row.get("speakers", ())),
        blocs=tuple(_bloc(b, opened) for b in stored.get("blocs") or ()),
        key_terms=_key_terms(stored["post"], body),
        places=_places(body["id"], rows),
        incumbent=(stored.get("incumbent") or {}).get("name", ""),
        opened=opened,
        closed=_day(window.get("closed"), end=True),
        takes_office=_day(window.get("takes_office")),
        note=(stored.get("conventions") or {}).get("completeness", ""),
    )
    return contest, _comments(stored)


def _comments(stored: Json) -> dict[str, str]:
    comments = {row["id"]: row["note"] for row in stored["electors"] if row.get("note")}
    for row in stored["electors"]:
        if row.get("nominates"):
            comments[row["id"]] = f"Nominates {row['nominates']}."
    organ = stored["body"].get("deciding_organ")
    if organ:
        comments["rule"] = f"Decided by: {organ}."
    for candidate in stored["candidates"]:
        if candidate.get("outcome"):
            comments[candidate["id"]] = f"Outcome: {candidate['outcome']}."
    return comments


def _day(text: str | None, *, end: bool = False) -> date | None:
    if text is None:
        return None
    day = day_of(text, end=end)
    if day is None:
        raise ValueError(f"not a date: {text!r}")
    return day


def _texts(texts: Iterable[str] | None, *known: str) -> tuple[str, ...]:
    """Each once, without those already known."""
    return tuple(t for t in dict.fromkeys(texts or ()) if t and t not in known)


def _sentences(*texts: str) -> str:
    """Texts put together as sentences."""
    marked = (t[0].upper() + t[1:] + ("" if t.endswith((".", "!", "?")) else ".") for t in texts if t)
    return " ".join(marked)


# -- rule ------------------------------------------------------------------------------------------


def _rule(stored: Json, electors: Sequence[Json]) -> Rule:
    note = stored.get("note", "")
    total = _total(stored)
    if isinstance(total, int) and total <= len(electors):
        total = None
    match stored["type"]:
        case "consensus":
            return Rule(kind="consensus", note=note)
        case "majority" | "majority_by_secret_straw_poll":
            return Rule(kind="majority", total=total, note=note)
        case "ballots":
            return Rule(kind="threshold", needed=_number(stored["threshold"]), total=total, note=note)
        case "qualified_majority":
            share = stored.get("population_share")
            more = f"At least {stored['members_required']} members" + (
                f" with {share:.0%} of the population (not counted here)." if share else "."
            )
            note = _sentences(more, note)
            return Rule(kind="threshold", needed=stored["members_required"], total=total, note=note)
        case "votes_with_veto":
            needed = stored["yes_required"]
            return Rule(kind="threshold", needed=needed, total=total, vetoes=True, note=note)
        case "weighted_majority":
            weighed = sum(stored["weights"].values())
            total = 100 if weighed <= 100 else None
            return Rule(kind="weighted_majority", share=0.5, total=total, note=note)
        case "qualified_majority_then_absolute_majority" | "runoff" | "endorsements":
            # A decision in stages, by people who are not the electors listed: what they say is counted only.
            note = _sentences(stored.get("members_required") or "", note)
            return Rule(kind="open", note=note)
    raise ValueError(f"decision_rule.type: unknown: {stored['type']!r}")


def _total(stored: Json) -> int | None:
    """The number of seats: the files have it under one of three keys."""
    for key in ("electors_total", "members", "n_members"):
        number = stored.get(key)
        if isinstance(number, int):
            return number
        if isinstance(number, list) and number:
            return int(number[-1]["n"])
    return None


def _number(threshold: object) -> int:
    """A threshold: a number, or words that hold it ("two thirds of members (33 of 49)")."""
    if isinstance(threshold, int):
        return threshold
    found = re.search(r"\d+", str(threshold))
    if found is None:
        raise ValueError(f"decision_rule.threshold: no number in {threshold!r}")
    return int(found[0])


# -- electors and speakers -------------------------------------------------------------------------


def _shared_aliases(electors: Sequence[Json]) -> frozenset[str]:
    """Aliases of several electors, such as a common family name: they tell none of them."""
    holders = Counter(alias.casefold() for e in electors for alias in set(e.get("aliases", ())))
    return frozenset(alias for alias, n in holders.items() if n > 1)


def _elector(row: Json, rule: Json, states: bool, shared: frozenset[str]) -> Elector:
    weights = rule.get("weights")
    common: dict[str, Any] = {
        "id": ElectorId(row["id"]),
        "joined": _day(row.get("member_from")),
        "left": _day(row.get("member_to"), end=True),
        "votes": row.get("member", True),
        "veto": row.get("veto", False),
        "weight": float(weights.get(row["id"], 0)) if weights else 1.0,
    }
    if states:
        return _names_beyond(Elector(**common, name=_country_name(row)), row)
    if row.get("speakers"):
        demonyms = row["demonyms"]
        return Elector(
            **common,
            kind=ElectorKind.PARTY,
            name=row["name"],
            aliases=_texts((*row["official_alternatives"], *row["native_names"]), row["name"]),
            adjectives=_texts(demonyms["adjective"]),
            people=_texts(demonyms["people"]),
            seats=_texts(row["metonyms"]),
        )
    district, _, office = (row.get("affiliation") or "").partition("; ")
    held = (row.get("office") or {}).get("title", office)
    if held and held.startswith(district):
        district = ""
    aliases = _texts(row.get("aliases"), row["name"])
    return Elector(
        **common,
        kind=ElectorKind.PERSON,
        name=row["name"],
        affiliation=", ".join(filter(None, (row.get("party"), district))),
        office=held,
        aliases=tuple(a for a in aliases if a.casefold() not in shared and a.casefold() != held.casefold()),
    )


def _country_name(row: Json) -> str:
    known = country(row["id"])
    return known.name if known is not None else str(row["name"])


def _names_beyond(elector: Elector, row: Json) -> Elector:
    """The elector with those names of the JSON that the country data does not give.

    A seat that the country data has as ambiguous ("Wellington") is kept: the file vouches for it.
    """
    state = country(row["id"])
    forms = state.forms if state is not None else ()
    known = frozenset(_bare(form.text) for form in forms)
    doubtful = frozenset(_bare(form.text) for form in forms if form.ambiguous)

    def new(texts: Iterable[str], given: frozenset[str] = known) -> tuple[str, ...]:
        clean = _texts(re.sub(r" \(.*\)$", "", text) for text in texts)
        return tuple(text for text in clean if _bare(text) not in given)

    demonyms = row["demonyms"]
    return replace(
        elector,
        aliases=new((row["name"], *row["official_alternatives"], *row["native_names"])),
        adjectives=new(demonyms["adjective"]),
        people=new(demonyms["people"]),
        seats=new(row["metonyms"], known - doubtful),
    )


def _bare(text: str) -> str:
    """For comparison: without case and article."""
    return text.casefold().removeprefix("the ")


def _speaker(elector: str, stored: Json) -> Speaker:
    role = _ROLES.get(stored["role"], SpeakerRole.OTHER)
    title = stored["title"]
    if role is SpeakerRole.OTHER and re.search(r"ambassador|permanent representative", title, re.IGNORECASE):
        role = SpeakerRole.AMBASSADOR
    return Speaker(
        elector=ElectorId(elector),
        name=stored["name"],
        aliases=_texts(stored.get("aliases"), stored["name"]),
        title=title,
        role=role,
        since=_day(stored["from"]),
        until=_day(stored["to"], end="until" in END_DAYS),
    )


# -- candidates, blocs, names of the post ----------------------------------------------------------


def _candidate(stored: Json) -> Candidate:
    name, _, remark = stored["name"].partition(" (")
    nationality = stored.get("nationality") or ""
    aliases: list[str] = []
    offices: list[str] = []
    held = held_office(stored.get("post_held") or "", nationality)
    if held:
        offices.append(held)
    for alias in stored["aliases"]:
        office = national_office(alias, nationality)
        if office is None:
            aliases.append(alias)
        elif office not in offices:
            offices.append(office)
    withdrawn = _day(stored.get("withdrawn"), end=True)
    return Candidate(
        id=CandidateId(stored["id"]),
        name=name,
        aliases=_texts(aliases, name),
        nationality=nationality,
        offices=tuple(offices),
        status=_STATUS.get(stored["status"], CandidateStatus.DECLARED),
        declared=_day(stored.get("declared")),
        withdrawn=withdrawn,
        note=_sentences(remark.rstrip(")"), stored.get("note", "")),
    )


def _bloc(stored: Json, opened: date | None) -> Bloc:
    members = tuple(ElectorId(m) for m in stored["members"])
    known = well_known_bloc(stored["id"], opened)
    if known is None:
        return Bloc(id=stored["id"], name=stored["name"], aliases=_texts(stored["aliases"]), members=members)
    aliases = tuple(dict.fromkeys((*known.aliases, *_texts(stored["aliases"], known.name))))
    if set(members) == set(known.members):
        members = known.members
    return Bloc(id=stored["id"], name=known.name, aliases=aliases, members=members)


def _key_terms(post: str, body: Json) -> tuple[str, ...]:
    """How the press may name post and race, by the words of the post and the short names of the body."""
    office, _, where = post.partition(" of ")
    terms = [post]
    for name in dict.fromkeys((body["name"], *body.get("aliases", ()))):
        bare = name.removeprefix("the ").removeprefix("The ")
        if where and len(bare.split()) <= 2 and len(office.split()) <= 2 and bare.isascii():
            terms += [f"{bare} {office.lower()}", f"{bare} chief", f"top {bare} job"]
    return _texts(terms)


def _places(body: str, electors: Sequence[Json]) -> tuple[str, ...]:
    """Cities of the body, without those that these electors are called by."""
    seats = {seat for row in electors for seat in row.get("metonyms", ())}
    return tuple(place for place in _SEATS.get(body, ()) if place not in seats)
