"""Lists: electors, or candidates, named one after the other, made one unit."""

from __future__ import annotations

from dataclasses import replace

from tracker.extraction.units import HARD, NOUNS_OF_STANCE, Head, Kind, Unit


def listed(units: list[Unit], *, title: bool) -> list[Unit]:
    """Neighbouring electors (or candidates) parted by commas and conjunctions become one unit."""
    out: list[Unit] = []
    i = 0
    n = len(units)
    while i < n:
        unit = units[i]
        if unit.kind not in (Kind.ELECTOR, Kind.CANDIDATE, Kind.ADJECTIVE) or unit.possessed:
            out.append(unit)
            i += 1
            continue
        members = [unit]
        j = i + 1
        joined = False
        while j < n:
            k = j
            conjunction = False
            if units[k].word == ",":
                k += 1
            if k < n and k > j and {"and", "adv"} <= units[k].classes and "neither" not in units[k].classes:
                break  # Romanian "X, și Y": Y too, no list
            if k < n and "so" in units[k].classes and "and" not in units[k].classes:
                break  # "X and Y, so the minister, ..."
            if k < n and ("and" in units[k].classes or "as_well_as" in units[k].classes):
                conjunction = True
                k += 1
                if k < n and i and "prep" in units[k].classes and units[k].word == units[i - 1].word:
                    k += 1  # "por Dinamarca y por Noruega"
            while k < n and k > j and (units[k].classes & {"det", "adv"}) and not units[k].kind and k < j + 4:
                k += 1
            if k == j or k >= n:
                break
            other = units[k]
            if (
                other.kind is Kind.VOICE
                and conjunction
                and unit.head is Head.OFFICE
                and unit.kind is Kind.ELECTOR
                and not other.own
            ):
                other.kind, other.electors, other.head = Kind.ELECTOR, members[-1].electors, Head.OFFICE
            if other.kind is not unit.kind or (other.possessed and not _shared(units, k)):
                break
            if other.race != unit.race and unit.kind is Kind.CANDIDATE:
                break
            cites = k + 1 < n and "say" in units[k + 1].classes and not units[k + 1].kind
            if cites and other.head is Head.PERSON and unit.head is not Head.PERSON and not conjunction:
                break  # "Hungary and Romania, X said, are ..."
            members.append(other)
            joined = joined or conjunction
            j = k + 1
            if other.possessed:
                break
        before = out[-1] if out else None
        prefixed = before is not None and not before.classes.isdisjoint(("prep", "of", "link", "by"))
        if prefixed and title and before is not None and "at" not in before.classes:
            prefixed = False
        if (
            len(members) > 1
            and not joined
            and (unit.kind is Kind.CANDIDATE or ((prefixed or len(members) == 2) and not title))
            and (unit.kind is Kind.CANDIDATE or not (_telegraphic(units) or _row(units, i, j)))
        ):
            members = members[:1]
            j = i + 1
        if len(members) == 1:
            out.append(unit)
            i += 1
            continue
        out.append(_group(members))
        i = j
    return out


def _row(units: list[Unit], i: int, j: int) -> bool:
    """ "Undecided: Slovakia, Turkey": the names after a colon are all of a list, if they end the sentence."""
    ends = j >= len(units) or units[j].word in HARD
    return ends and i > 0 and units[i - 1].word == ":"


def _shared(units: list[Unit], k: int) -> bool:
    """ "Germany and France's support": the last of a list may own what follows."""
    return k + 1 < len(units) and not units[k + 1].classes.isdisjoint(NOUNS_OF_STANCE)


def _telegraphic(units: list[Unit]) -> bool:
    return len(units) > 1 and units[0].kind is Kind.ELECTOR


def _group(members: list[Unit]) -> Unit:
    first, last = members[0], members[-1]
    return replace(
        first,
        last=last.last,
        end=last.end,
        text=", ".join(m.text for m in members),
        electors=tuple(dict.fromkeys(e for m in members for e in m.electors)),
        candidates=tuple(dict.fromkeys(c for m in members for c in m.candidates)),
        dual=(),
        via=first.via if all(m.via == first.via for m in members) else None,
        head=first.head if all(m.head == first.head for m in members) else Head.NAME,
        possessed=last.possessed,
        plural=True,
        members=tuple(members),
    )
