"""Is everything well? For people (`doctor`), and for machines that restart what is not (`healthcheck`)."""

from __future__ import annotations

from typing import Any

import click

from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import line, many, say, show
from tracker.cli.tables import Cell, Column
from tracker.cli.verbs import Verb

_STYLES: dict[str, dict[str, Any]] = {
    "well": {"fg": "green"},
    "warning": {"fg": "yellow"},
    "bad": {"fg": "red"},
}


@click.command(cls=Verb, shares=("config", "db", "format"), epilog="Example: tracker doctor")
@called
def doctor(call: Call) -> int:
    """Look at everything: configuration, disk, log, daemon, feeds, alerts; and say what to do.

    Asks nothing of the network and changes nothing. Ends with 1 when something is bad; warnings alone do not.
    """
    from tracker.service.checkup import Level, checkup

    found = checkup(call.settings, clock=call.clock)
    records = [
        {"subject": f.subject, "level": f.level.value, "found": f.found, "remedy": f.remedy or None}
        for f in found
    ]
    show(
        call.format,
        value=records,
        fields=("subject", "level", "found", "remedy"),
        records=records,
        columns=(
            Column(title="ABOUT"),
            Column(title=""),
            Column(title="FOUND", shrinks=True),
            Column(title="WHAT TO DO", shrinks=True),
        ),
        rows=[
            (f.subject, Cell(f.level.value, _STYLES.get(f.level.value, {})), f.found, f.remedy) for f in found
        ],
        empty="Nothing was looked at.",
    )
    bad = sum(f.level is Level.BAD for f in found)
    warnings = sum(f.level is Level.WARNING for f in found)
    say(f"{many(len(found), 'finding')}: {bad} bad, {many(warnings, 'warning')}.")
    return Exit.NO if bad else Exit.OK


@click.command(cls=Verb, shares=("config", "db"), epilog="Example: tracker healthcheck && echo well")
@called
def healthcheck(call: Call) -> int:
    """Whether a daemon runs on the database and polls when feeds are due: 0, else 1.

    For a container's health check or a watchdog of your own; it reads the database and asks nobody.
    """
    from tracker.service.checkup import Level, daemon, progress

    findings = [daemon(call.settings)]
    if findings[0].level is Level.WELL:
        findings.append(progress(call.settings, call.store(), now=call.now))
    for finding in findings:
        line(f"{finding.subject}: {finding.found}")
    unwell = {Level.BAD, Level.WARNING} if len(findings) == 1 else {Level.BAD}
    return Exit.NO if any(finding.level in unwell for finding in findings) else Exit.OK
