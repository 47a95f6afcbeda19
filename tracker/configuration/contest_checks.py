"""What a well-formed contest file can still get wrong: names nobody declared, dates, rules, doubles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tracker.configuration.rule_checks import check_rule, doubt_rule
from tracker.configuration.tables import Findings, near
from tracker.contests import Contest, ElectorKind, Speaker, SpeakerRole
from tracker.countries import COUNTRIES

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Codes that people write and ISO 3166 does not give to that state.
_MISTAKEN = {"uk": "gb", "el": "gr", "ks": "xk", "ko": "xk"}


def check_contest(contest: Contest, found: Findings, table: dict[str, Any], today: date | None) -> None:
    """Add every fault and warning that the records of one contest show together.

    table  the file's table, which knows how finely a date was written
    today  UTC; `None`: whether offices have a holder is not looked at
    """
    _ids(contest, found)
    _texts(contest, found)
    _references(contest, found)
    _dates(contest, found)
    _doubles(contest, found)
    _terms(contest, found, table)
    check_rule(contest, found)
    if not found.faults:
        _doubts(contest, found, table, today)


def _ids(contest: Contest, found: Findings) -> None:
    named = (
        [("id", contest.id), ("body.id", contest.body.id)]
        + [(f"candidates[{n}].id", c.id) for n, c in enumerate(contest.candidates)]
        + [(f"roster.electors[{n}].id", e.id) for n, e in enumerate(contest.electors)]
        + [(f"roster.blocs[{n}].id", b.id) for n, b in enumerate(contest.blocs)]
        + [(f"roster.electorates[{n}].id", e.id) for n, e in enumerate(contest.electorates)]
    )
    for key, text in named:
        if not _ID.fullmatch(text):
            found.fault(key, f"not an id: {text!r} (lower-case letters, digits and hyphens: mark-rutte)")
    for place, ids in (
        ("candidates", [c.id for c in contest.candidates]),
        ("roster.electors", [e.id for e in contest.electors]),
        ("roster.blocs", [b.id for b in contest.blocs]),
        ("roster.electorates", [e.id for e in contest.electorates]),
    ):
        first: dict[str, int] = {}
        for n, key in enumerate(ids):
            if key in first:
                found.fault(f"{place}[{n}].id", f"{key!r} is there already, as {place}[{first[key]}]")
            first.setdefault(key, n)
    for n, elector in enumerate(contest.electors):
        if found.refused(f"roster.electors[{n}].kind") or found.refused("roster.kind"):
            continue
        if elector.kind is not ElectorKind.STATE:
            if not elector.name:
                found.fault(f"roster.electors[{n}].name", f"missing: a {elector.kind} needs one")
        elif elector.id not in COUNTRIES:
            meant = _MISTAKEN.get(elector.id)
            hint = f"; did you mean {meant!r}?" if meant else "."
            found.fault(
                f"roster.electors[{n}].id",
                f"{elector.id!r} is no country's code (ISO 3166 alpha-2, lower case){hint}"
                ' A person or party needs kind = "person" or "party", and a name',
            )


def _texts(contest: Contest, found: Findings) -> None:
    for key, text in (
        ("title", contest.title),
        ("post", contest.post),
        ("body.name", contest.body.name),
        *((f"candidates[{n}].name", c.name) for n, c in enumerate(contest.candidates)),
        *((f"roster.speakers[{n}].name", s.name) for n, s in enumerate(contest.speakers)),
    ):
        if not text:
            found.fault(key, "empty")
    for place, records in (
        ("candidates", contest.candidates),
        ("roster.electors", contest.electors),
        ("roster.speakers", contest.speakers),
        ("roster.blocs", contest.blocs),
    ):
        for n, record in enumerate(records):
            for field in ("aliases", "offices", "adjectives", "people", "seats"):
                for m, text in enumerate(getattr(record, field, ())):
                    if not text:
                        found.fault(f"{place}[{n}].{field}[{m}]", "empty: every text would match it")


def _references(contest: Contest, found: Findings) -> None:
    electors = tuple(e.id for e in contest.electors)
    known = frozenset(electors)
    for n, candidate in enumerate(contest.candidates):
        home = candidate.nationality
        if home and home not in known and home not in COUNTRIES:
            found.fault(f"candidates[{n}].nationality", _unknown("elector or country", home, electors))
        for m, nominator in enumerate(candidate.nominated_by):
            if nominator not in known and nominator not in COUNTRIES:
                key = f"candidates[{n}].nominated_by[{m}]"
                found.fault(key, _unknown("elector or country", nominator, electors))
    for n, speaker in enumerate(contest.speakers):
        if speaker.elector not in known:
            found.fault(f"roster.speakers[{n}].elector", _unknown("elector", speaker.elector, electors))
    for n, electorate in enumerate(contest.electorates):
        for m, member in enumerate(electorate.members):
            if member not in known:
                found.fault(f"roster.electorates[{n}].members[{m}]", _unknown("elector", member, electors))
        for m, term in enumerate(electorate.terms):
            if term.elector not in known:
                key = f"roster.electorates[{n}].terms[{m}].elector"
                found.fault(key, _unknown("elector", term.elector, electors))
    for n, bloc in enumerate(contest.blocs):
        for m, member in enumerate(bloc.members):
            if member not in known and member not in COUNTRIES:
                key = f"roster.blocs[{n}].members[{m}]"
                found.fault(key, _unknown("elector or country", member, electors))


def _unknown(noun: str, name: str, known: tuple[str, ...]) -> str:
    meant = _MISTAKEN.get(name)
    likely = (meant,) if meant else near(name, known)
    hint = f"; did you mean {' or '.join(map(repr, likely))}?" if likely else ""
    return f"no {noun} {name!r} in this file{hint}"


def _dates(contest: Contest, found: Findings) -> None:
    spans: list[tuple[str, str, date | None, str, date | None]] = [
        ("", "opened", contest.opened, "closed", contest.closed),
        ("", "opened", contest.opened, "takes_office", contest.takes_office),
        ("", "opened", contest.opened, "nominations_close", contest.nominations_close),
    ]
    for n, c in enumerate(contest.candidates):
        spans.append((f"candidates[{n}].", "declared", c.declared, "withdrawn", c.withdrawn))
    for n, e in enumerate(contest.electors):
        spans.append((f"roster.electors[{n}].", "joined", e.joined, "left", e.left))
    for n, s in enumerate(contest.speakers):
        spans.append((f"roster.speakers[{n}].", "since", s.since, "until", s.until))
    for n, electorate in enumerate(contest.electorates):
        for m, t in enumerate(electorate.terms):
            spans.append((f"roster.electorates[{n}].terms[{m}].", "since", t.since, "until", t.until))
    for place, start, first, end, last in spans:
        if first is not None and last is not None and last < first:
            found.fault(f"{place}{end}", f"{last} is before {start} ({first})")


def _doubles(contest: Contest, found: Findings) -> None:
    """One name for two electors, or for two candidates, would give every claim to one of them by luck."""
    electors = [(f"roster.electors[{n}]", e.id, (e.name, *e.aliases)) for n, e in enumerate(contest.electors)]
    candidates = [(f"candidates[{n}]", c.id, (c.name, *c.aliases)) for n, c in enumerate(contest.candidates)]
    of_electors = _double_names(electors, "elector", found)
    of_candidates = _double_names(candidates, "candidate", found)
    for name, (elector, _) in of_electors.items():
        candidate, key = of_candidates.get(name, (elector, ""))
        if candidate != elector:
            found.warn(
                key, f"{name!r} also names the elector {elector!r}: a text that says no more names neither"
            )
    speakers: dict[tuple[str, str, date | None], int] = {}
    for n, s in enumerate(contest.speakers):
        before = speakers.setdefault((s.elector, s.name, s.since), n)
        if before != n and contest.speakers[before].role is s.role:
            found.fault(f"roster.speakers[{n}]", f"{s.name} is there already, as roster.speakers[{before}]")


def _double_names(
    named: Iterable[tuple[str, str, tuple[str, ...]]], noun: str, found: Findings
) -> dict[str, tuple[str, str]]:
    holders: dict[str, tuple[str, str]] = {}
    for place, key, names in named:
        for n, name in enumerate(names):
            path = f"{place}.name" if n == 0 else f"{place}.aliases[{n - 1}]"
            holder, _ = holders.setdefault(name.casefold(), (key, path))
            if name and holder != key:
                found.fault(path, f"{name!r} already names the {noun} {holder!r}")
    return holders


def _terms(contest: Contest, found: Findings, table: dict[str, Any]) -> None:
    """A state has one head of government at a time; the day of the handover may be both's."""
    roster = table.get("roster")
    written = roster.get("speakers", ()) if isinstance(roster, dict) else ()
    terms: dict[str, list[tuple[date, int, Speaker]]] = defaultdict(list)
    for n, speaker in enumerate(contest.speakers):
        if speaker.role is SpeakerRole.HEAD_OF_GOVERNMENT:
            terms[speaker.elector].append((speaker.since or date.min, n, speaker))
    for elector, held in terms.items():
        held.sort(key=lambda term: term[:2])
        for (_, m, before), (since, n, after) in pairwise(held):
            if before.name == after.name:
                continue
            until = before.until or date.max
            slack = max(_slack(written[m].get("until")), _slack(written[n].get("since")))
            if until > since and (until - since).days > slack:
                found.fault(
                    f"roster.speakers[{n}].since",
                    f"{after.name} ({since}) and {before.name} (until {before.until or 'now'}) both head the "
                    f"government of {elector!r}; end the earlier term, roster.speakers[{m}]",
                )


def _slack(written: object) -> int:
    """Days by which a written date is uncertain: a month or a year stands for its last or first day."""
    return {4: 366, 7: 31}.get(len(written), 0) if isinstance(written, str) else 0


def _doubts(contest: Contest, found: Findings, table: dict[str, Any], today: date | None) -> None:
    if not contest.candidates:
        found.warn("candidates", "none yet: nothing can be read until somebody is named")
    if not contest.key_terms:
        found.warn("key_terms", "none: how the press names the post helps to tell this race from others")
    doubt_rule(contest, found)
    speaking = {s.elector for s in contest.speakers}
    silent = [e.id for e in contest.electors if e.kind is ElectorKind.STATE and e.id not in speaking]
    if silent:
        found.warn(
            "roster.speakers", f"nobody speaks for {' '.join(silent)}: only by its names will it be known"
        )
    if today is not None:
        _vacancies(contest, found, table, min(today, contest.closed or today))


_OFFICES = (
    SpeakerRole.HEAD_OF_STATE,
    SpeakerRole.HEAD_OF_GOVERNMENT,
    SpeakerRole.FOREIGN_MINISTER,
    SpeakerRole.DEFENCE_MINISTER,
)


# Reading hears a holder up to a week before and after the term: it notices nothing of a gap of two.
_HANDOVER = 14


def _vacancies(contest: Contest, found: Findings, table: dict[str, Any], day: date) -> None:
    """Offices without a holder on the day, and days of the race so far on which one had none.

    In such a gap the office still speaks for its elector, but whoever held it then is nobody's voice.
    """
    roster = table.get("roster")
    written = roster.get("speakers", ()) if isinstance(roster, dict) else ()
    holders: dict[tuple[str, SpeakerRole], list[tuple[int, Speaker]]] = defaultdict(list)
    for n, speaker in enumerate(contest.speakers):
        if speaker.role in _OFFICES:
            holders[speaker.elector, speaker.role].append((n, speaker))
    for (elector, role), held in holders.items():
        started = [(n, s) for n, s in held if s.since is None or s.since <= day]
        if started and not any(s.in_office(day) for _, s in started):
            n, last = max(started, key=lambda pair: pair[1].until or date.max)
            found.warn(
                f"roster.speakers[{n}].until",
                f"no {role.replace('_', ' ')} of {elector!r} on {day}: {last.name}'s term ended {last.until}",
            )
        held.sort(key=lambda term: (term[1].since or date.min, term[0]))
        last_day, m = held[0][1].until or date.max, held[0][0]
        for n, speaker in held[1:]:
            since = speaker.since or date.min
            begins = max(last_day, (contest.opened or date.min) - timedelta(days=1))
            slack = max(_slack(written[m].get("until")), _slack(written[n].get("since")), _HANDOVER)
            if since <= day and last_day < since and (since - begins).days > slack:
                found.warn(
                    f"roster.speakers[{n}].since",
                    f"no {role.replace('_', ' ')} of {elector!r} from {begins + timedelta(days=1)} to "
                    f"{since - timedelta(days=1)}, between {contest.speakers[m].name} and {speaker.name}",
                )
            if (speaker.until or date.max) >= last_day:
                last_day, m = speaker.until or date.max, n
