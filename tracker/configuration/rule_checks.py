"""What a contest's decision rule can get wrong: a number that cannot be met, an electorate nobody declared,
keys that mean nothing for its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from math import isfinite

from tracker.configuration.tables import Findings, near
from tracker.contests import Contest, Elector
from tracker.rules import RULES, Effect, Part, Reopening, Rule

_BY_SHARE = ("majority", "supermajority", "weighted_majority")
_OWN_KEYS = ("needed", "share", "fraction", "total", "vetoes", "abstention", "absence")


def check_rule(contest: Contest, found: Findings) -> None:
    """Add every fault of the rule, and of the weights and electorates that it uses."""
    rule = contest.rule
    if not _known(rule.kind, "rule", found):
        return
    voters = [e for e in contest.electors if e.votes]
    if not voters:
        found.fault("roster.electors", "nobody votes")
        return
    for n, elector in enumerate(contest.electors):
        if not isfinite(elector.weight):
            found.fault(f"roster.electors[{n}].weight", "not a number of votes")
        elif elector.weight < 0:
            found.fault(f"roster.electors[{n}].weight", "below nothing")
    if rule.compound:
        _check_parts(contest, found)
    else:
        if rule.parts:
            found.fault("rule.parts", f"has no meaning for {rule.kind!r} (all_of and stages have parts)")
        for (part,) in rule.stages():
            _check_part(part, "rule", contest, voters, found)
    if not any(e.veto for e in voters) and (rule.vetoes or any(part.vetoes for part in rule.parts)):
        found.fault("rule.vetoes", "no elector with a vote has veto = true")


def doubt_rule(contest: Contest, found: Findings) -> None:
    """Add warnings for what the rule makes no use of."""
    rule = contest.rule
    parts = [part for stage in rule.stages() for part in stage]
    counted = any(part.kind in ("threshold", *_BY_SHARE) for part in parts)
    for n, elector in enumerate(contest.electors):
        if elector.veto and counted and not any(part.vetoes for part in parts):
            found.warn(f"roster.electors[{n}].veto", "without effect: rule.vetoes is not true")
        if elector.weight != 1 and not any(part.kind == "weighted_majority" for part in parts):
            found.warn(f"roster.electors[{n}].weight", f"without effect: the rule is {rule.kind!r}")
    for key, part in _parts(rule):
        for name in ("abstention", "absence"):
            effect = getattr(part, name)
            if effect is Effect.LOWERS and part.kind not in ("consensus", *_BY_SHARE):
                found.warn(f"{key}.{name}", f"without effect: a {part.kind!r} takes no share of anything")
    used = {part.of for part in rule.parts}
    for n, electorate in enumerate(contest.electorates):
        if electorate.id not in used:
            found.warn(f"roster.electorates[{n}]", "without effect: no part of the rule is `of` it")
    if rule.reopens is not Reopening.NONE and rule.kind == "open":
        found.warn("rule.reopens", "without effect: nothing is decided in rounds")


def _parts(rule: Rule) -> Iterator[tuple[str, Part]]:
    if rule.compound:
        yield from ((f"rule.parts[{n}]", part) for n, part in enumerate(rule.parts))
    else:
        yield from (("rule", part) for stage in rule.stages() for part in stage)


def _known(kind: str, key: str, found: Findings) -> bool:
    if kind in RULES:
        return True
    likely = near(kind, tuple(RULES))
    hint = f"; did you mean {' or '.join(map(repr, likely))}?" if likely else ""
    found.fault(f"{key}.kind", f"no rule {kind!r}; one of: {' '.join(RULES)}{hint}")
    return False


def _check_parts(contest: Contest, found: Findings) -> None:
    rule, plain = contest.rule, Rule(kind="")
    for name in _OWN_KEYS:
        if getattr(rule, name) != getattr(plain, name):
            found.fault(f"rule.{name}", f"has no meaning for {rule.kind!r}: give it to one of its parts")
    if len(rule.parts) < 2:
        found.fault("rule.parts", f"{rule.kind!r} takes two parts or more")
    electorates = {each.id: each for each in contest.electorates}
    for key, part in _parts(rule):
        if not _known(part.kind, key, found):
            continue
        if RULES[part.kind] is None or part.kind == "open":
            found.fault(f"{key}.kind", f"{part.kind!r} cannot be a part of a rule")
            continue
        if part.stage < 0 or (part.stage and rule.kind != "stages"):
            found.fault(f"{key}.stage", f"has no meaning here: {part.stage} (1, 2 … in `stages`)")
        voters = [e for e in contest.electors if e.votes]
        if part.of:
            if part.of not in electorates:
                likely = near(part.of, tuple(electorates))
                hint = f"; did you mean {' or '.join(map(repr, likely))}?" if likely else ""
                found.fault(f"{key}.of", f"no electorate {part.of!r} in roster.electorates{hint}")
                continue
            chosen = electorates[part.of]
            seated = {*chosen.members, *(term.elector for term in chosen.terms)}
            voters = [e for e in voters if e.id in seated]
            if not voters:
                found.fault(f"{key}.of", f"no elector with a vote sits in {part.of!r}")
                continue
        _check_part(part, key, contest, voters, found)


def _check_part(part: Part, key: str, contest: Contest, voters: list[Elector], found: Findings) -> None:
    most = _most(part, contest, voters)
    total = part.total if part.total is not None else most
    if part.total is not None and part.total < most and part.kind != "weighted_majority":
        found.fault(f"{key}.total", f"{part.total} seats in all, but {most} electors vote at one time")
    if part.kind == "threshold" and part.needed is None:
        found.fault(f"{key}.needed", "missing: a threshold needs the number of supporters")
    if part.needed is not None:
        if part.kind != "threshold":
            found.fault(f"{key}.needed", f"has no meaning for {part.kind!r}")
        elif not 0 < part.needed <= total:
            found.fault(f"{key}.needed", f"cannot be met: {part.needed} of {total} electors with a vote")
    if part.share is not None:
        if part.kind != "weighted_majority":
            found.fault(f"{key}.share", f"has no meaning for {part.kind!r}")
        elif not 0 < part.share < 1:
            found.fault(f"{key}.share", f"cannot be met: {part.share} (a share between 0 and 1, such as 0.5)")
    _check_fraction(part, key, found)
    if part.total is not None and part.total <= 0:
        found.fault(f"{key}.total", f"not a number of seats: {part.total}")
    if part.kind == "weighted_majority" and not any(e.weight for e in voters):
        found.fault(f"{key}.kind", "cannot be met: no elector has weight")


def _check_fraction(part: Part, key: str, found: Findings) -> None:
    if not part.fraction:
        if part.kind == "supermajority":
            found.fault(f"{key}.fraction", "missing: a supermajority needs one ([2, 3]: two thirds)")
        return
    if part.kind not in ("supermajority", "weighted_majority"):
        found.fault(f"{key}.fraction", f"has no meaning for {part.kind!r}")
    elif len(part.fraction) != 2 or not 0 < part.fraction[0] <= part.fraction[1]:
        told = list(part.fraction)
        found.fault(f"{key}.fraction", f"cannot be met: {told} (two numbers: [2, 3] is two thirds)")
    elif part.share is not None:
        found.fault(f"{key}.share", "there is a fraction too; give one of them")


def _most(part: Part, contest: Contest, voters: list[Elector]) -> int:
    """How many of them vote at one time, at the most."""
    terms = {e.id: e for e in contest.electorates}.get(part.of)

    def sits(elector: Elector, day: date) -> bool:
        noon = datetime.combine(day, time(12), UTC)
        return elector.present(noon) and (terms is None or terms.seats(elector.id, noon))

    days = list(_days(contest, voters, terms.terms if terms is not None else ()))
    return max(sum(sits(e, day) for e in voters) for day in days)


def _days(contest: Contest, voters: Iterable[Elector], terms: Iterable[object]) -> Iterator[date]:
    """Days on which the number of voters may be at its highest within the race."""
    first, last = contest.opened or date.min, contest.closed or date.max
    yield first
    starts = [elector.joined for elector in voters] + [getattr(term, "since", None) for term in terms]
    yield from (day for day in starts if day is not None and first <= day <= last)
