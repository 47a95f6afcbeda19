"""Why a standing is what it is, drawn as a tree: the verdict, what carries it, what lost, corrections."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracker.cli.stances import shown
from tracker.cli.standings import day
from tracker.cli.tables import clean

Json = Mapping[str, Any]
# A node: its lines, and what hangs below it.
Node = tuple[Sequence[str], Sequence["Node"]]

_BRANCHES = (
    ("carries", "carried by"),
    ("agrees", "says the same"),
    ("disputes", "went against what stood"),
    ("outweighed", "lost"),
    ("superseded", "spoke for what held before"),
    ("beside", "shown beside, moves nothing"),
    ("retracted", "taken back"),
)
_ABOUT = {"approximate": "about ", "month": "in "}


def why_lines(why: Json, *, title: str, columns_wide: int | None) -> Iterator[str]:
    """The tree, line by line."""
    wide = max(min(columns_wide or 100, 100), 40)
    yield clean(title)
    yield _verdict(why["standing"], why["reopened"])
    yield from _drawn(list(_branches(why)), "", wide)


def _verdict(held: Json, reopened: int | None) -> str:
    text = shown(held["stance"], mark=" (disputed)" if held["disputed"] else "").text
    if held["stance"] == "unknown":
        return f"{text}: round {reopened} of voting reopened it" if reopened else text
    reports, origins = held["reports"], held["origins"]
    return (
        f"{text}, {held['certainty']}, since {day(held['since'])}: {reports} report{'s' * (reports != 1)}"
        f" of {origins} origin{'s' * (origins != 1)}"
    )


def _branches(why: Json) -> Iterator[Node]:
    if len(why["ladder"]) > 1:
        rungs = " → ".join(f"{rung['certainty']} {day(rung['reached'])}" for rung in why["ladder"])
        yield [f"certainty: {rungs}"], []
    yield from _beside_reports(why)
    for outcome, heading in _BRANCHES:
        # What lost is read from the latest: it is the nearest to what holds.
        reports = [report for report in why["reports"] if report["outcome"] == outcome]
        if reports:
            label = heading if len(reports) == 1 else f"{heading} ({len(reports)})"
            yield [label], [_report(report, why["corrections"]) for report in reversed(reports)]


def _beside_reports(why: Json) -> Iterator[Node]:
    """What is no report on the pair and bears on it all the same."""
    blocs, counted = why["blocs"], why["counted"]
    if blocs["divided"]:
        yield [f"its blocs are divided: {', '.join(blocs['spoke'])}"], []
    elif blocs["spoke"]:
        yield [f"bound by {', '.join(blocs['spoke'])}: {blocs['stance'].replace('_', ' ')}"], []
    if counted is not None:
        missing = f"all but {' '.join(counted['holdouts'])}"
        lines = [f"among the supporters by a count only ({missing}), {day(counted['at'])}"]
        yield [*lines, f"“{clean(counted['sentence'])}”", f"source: {clean(counted['outlet'])}"], []


def _report(report: Json, corrections: Sequence[Json]) -> Node:
    stance = shown(report["stance"]).text
    when = "" if report["time"] == "now" else f", {report['time']}"
    happened = _ABOUT.get(report["precision"], "") + (
        report["at"][:7] if report["precision"] == "month" else day(report["at"])
    )
    lines = [f"{happened}  {stance}, {report['certainty']}{when}  [{clean(report['why'])}]"]
    if report["evidence"]:
        lines.append(f"“{clean(report['sentence'] or report['evidence'])}”")
    if report["sentence"] and report["evidence"] and report["evidence"] != report["sentence"]:
        lines.append(f"words: {clean(report['evidence'])}")
    if report["speaker"]:
        lines.append(f"said by: {clean(report['speaker'])}")
    if report["condition"]:
        lines.append(f"condition: {clean(report['condition'])}")
    lines.append(f"rule: {report['rule']}, read as {report['weight']}")
    title = f", {clean(report['title'])}" if report["title"] else ""
    lines.append(f"source: {clean(report['outlet'])}{title}; origin {report['origin']}")
    if report["url"]:
        lines.append(clean(report["url"]))
    if report["note"]:
        lines.append(f"note by {clean(report['producer'])}: {clean(report['note'])}")
    known = f", known {report['known_at'][:16].replace('T', ' ')} UTC" if report["known_at"] else ""
    lines.append(f"report {report['id']}{known}")
    return lines, [
        ([f"{each['kind'].removeprefix('report_')} by {clean(each['by'])} on {day(each['at'])}: "
          f"{clean(each['why'])}"], [])
        for each in corrections
        if each["report"] == report["id"]
    ]  # fmt: skip


def _drawn(nodes: Sequence[Node], indent: str, wide: int) -> Iterator[str]:
    for n, (lines, below) in enumerate(nodes):
        last = n == len(nodes) - 1
        head, rest = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _wrapped(lines, indent + head, indent + rest + ("│ " if below else "  "), wide)
        yield from _drawn(below, indent + rest, wide)


def _wrapped(lines: Sequence[str], first: str, others: str, wide: int) -> Iterator[str]:
    for n, text in enumerate(lines):
        address = text.startswith(("http://", "https://"))
        yield from (
            [first + text if n == 0 else others + text]
            if address
            else textwrap.wrap(
                text,
                max(wide, len(others) + 30),
                initial_indent=first if n == 0 else others,
                subsequent_indent=others + "  ",
                break_on_hyphens=False,
                break_long_words=False,
            )
        )
