"""Reading kept items again: what a newer reader or a revised roster would change, and doing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.alerting import COLUMNS as ALERT_COLUMNS
from tracker.cli.alerting import alert_row
from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import Meter, line, many, print_csv, print_json, print_lines, print_table, say
from tracker.cli.stances import shown
from tracker.cli.standings import counted, day
from tracker.cli.tables import Cell, Column
from tracker.cli.verbs import Verb
from tracker.errors import UnknownName

if TYPE_CHECKING:
    from tracker.contests import Contest
    from tracker.service.rereading import Reread
    from tracker.store import Store

Json = dict[str, Any]
_VOICES = {
    "elector": "its own word",
    "elector_unnamed": "its unnamed official",
    "outlet": "the outlet",
    "third_party": "a third party",
    "unnamed": "unnamed others",
}
FIELDS = (
    "contest", "change", "kind", "report", "item", "at", "outlet", "url", "elector", "candidate", "stance",
    "certainty", "time", "voice", "silence", "what", "evidence", "sentence", "rule",
)  # fmt: skip


@click.command(
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker reextract --dry-run --contest nato-sg-2024",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; tell what would change.")
@click.option("--notify", is_flag=True, help="Send the alerts that follow; else they are only recorded.")
@called
def reextract(call: Call, *, dry_run: bool, notify: bool) -> int:
    """Read the kept items again; add what a newer reader finds.

    Takes every item whose present text another version of the reader has read, or the same one with another
    roster, or none for this contest. The difference is added to the log: reports that are new, retractions of
    those that are found no more. What a person retracted, confirmed or reinstated stays, and nothing is
    rewritten. It is stored as one: stopped half-way, nothing has changed.
    """
    from tracker.service import logs

    logs.configure()
    chosen = [call.configured_contest()] if call.contest_given is not None else call.settings.contests
    store = call.store(write=not dry_run, create=False)
    found = [_reread(call, store, contest, notify=notify, keep=not dry_run) for contest in chosen]
    states = [_alert_state(call, each, notify) for each in found]
    values = [_value(each, state) for each, state in zip(found, states, strict=True)]
    records = ({"contest": value["contest"], **claim} for value in values for claim in value["reports"])
    match call.format:
        case "json":
            print_json({"dry_run": dry_run, "contests": values})
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(FIELDS, records)
        case _:
            for each, state in zip(found, states, strict=True):
                _print(each, state, dry_run=dry_run)
            if dry_run and any(each.events or each.declared for each in found):
                say("Nothing was written; without --dry-run the difference is added to the log.")
    for each in found:
        for item, error in each.failed:
            say(f"tracker: item {item}: {error}; what it was known to say stays")
        if each.changed:
            say(f"{each.contest}: {many(each.changed, 'item')} changed meanwhile; run it again for them")
    return Exit.INPUT if any(each.failed for each in found) else Exit.OK


def _reread(call: Call, store: Store, contest: Contest, *, notify: bool, keep: bool) -> Reread:
    from tracker.extraction import Reader
    from tracker.service.rereading import reread

    with Meter(f"{contest.id}: items read again") as meter:

        def watch(done: int, total: int) -> None:
            if done % 10 == 1 or done == total:
                meter.tell(done, total)

        return reread(
            store,
            Reader(contest),
            clock=call.clock,
            policy=call.policy,
            channels=call.channels(contest.id),
            send=notify,
            keep=keep,
            watch=watch,
        )


def hint(call: Call, store: Store, roster: Contest) -> str:
    """What to run when kept items were read by an older reader, or with an older roster; empty if none was.

    roster  the contest as the log has it; the configured one is asked where there is one
    """
    from tracker.extraction import extractor

    with suppress(UnknownName):
        roster = call.configured_contest()
    older = store.readings.older_count(roster.id, extractor(roster))
    if not older:
        return ""
    was = "was" if older == 1 else "were"
    return (
        f"({many(older, 'item')} {was} read by an older reader or with an older roster: "
        "`tracker reextract --dry-run` shows what reading again would change.)"
    )


def _alert_state(call: Call, found: Reread, notify: bool) -> Any:
    from tracker.alerts import AlertState

    return AlertState.QUEUED if notify and call.channels(found.contest) else AlertState.QUIET


def _value(found: Reread, state: Any) -> Json:
    """One contest, as scripts rely on it (docs/cli.md)."""
    from tracker import queries

    return {
        "contest": found.contest,
        "extractor": found.extractor,
        "roster_revised": found.declared is not None,
        "items": {
            "read": found.read,
            "older": found.older,
            "failed": len(found.failed),
            "changed": found.changed,
        },
        "reports": list(_reports(found)),
        "standings": queries.diff_json(found.standings),
        "alerts": [queries.alert_json(alert, state) for alert in found.alerts],
        "failures": [{"item": item, "error": error} for item, error in found.failed],
    }


def _reports(found: Reread) -> Iterator[Json]:
    """Each report that comes, goes or comes back, in the order of the items."""
    from tracker.events import ReportReinstated, ReportRetracted
    from tracker.log.identity import identity

    for event in found.events:
        if isinstance(event, (ReportRetracted, ReportReinstated)):
            held = found.before.retractable(event.report)
            assert held is not None
            change = "retracted" if isinstance(event, ReportRetracted) else "reinstated"
            yield _report(change, held.id, held.event)
        else:
            yield _report("added", identity(event), event)


def _report(change: str, id_: str, event: Any) -> Json:
    from tracker.clock import iso
    from tracker.events import CandidacyReported, StanceReported, SupportCounted, SupportImplied

    told: Json = {"elector": None, "stance": None, "time": None, "what": None}
    match event:
        case StanceReported():
            told = {"elector": event.elector, "stance": event.stance.value, "time": event.time.value}
            told |= {"voice": event.voice.value, "silence": event.silence}
        case SupportCounted():
            number = {"low": event.low, "high": event.high, "of": event.of}
            told |= {"what": counted({**number, "approximate": event.approximate})}
        case SupportImplied():
            told |= {"what": f"all but {' '.join(event.holdouts)}"}
        case CandidacyReported():
            told |= {"elector": event.by, "what": event.step.value, "time": event.time.value}
    return {
        "change": change,
        "kind": event.kind.removesuffix("_reported")
        .replace("support_counted", "count")
        .replace("support_implied", "implied"),
        "report": id_,
        "item": event.item,
        "at": iso(event.occurred_at),
        "outlet": event.source.outlet,
        "url": event.source.url or None,
        "elector": told["elector"],
        "candidate": event.candidate,
        "stance": told["stance"],
        "certainty": event.certainty.value,
        "time": told["time"],
        "voice": told.get("voice"),
        "silence": told.get("silence"),
        "what": told.get("what"),
        "evidence": event.evidence.text,
        "sentence": event.evidence.sentence,
        "rule": event.rule,
    }


def _print(found: Reread, state: Any, *, dry_run: bool) -> None:
    reports = list(_reports(found))
    line(_summary(found, len({report["item"] for report in reports}), dry_run=dry_run))
    stances = _joined([report for report in reports if report["kind"] == "stance"])
    others = [report for report in reports if report["kind"] != "stance"]
    _table(
        "Claims",
        (
            Column(title="DATE"),
            Column(title="WHO"),
            Column(title="TOWARD", shrinks=True),
            Column(title="WAS READ"),
            Column(title="IS READ"),
            Column(title="OUTLET", shrinks=True, drops=2),
            Column(title="WORDS", shrinks=True, drops=1),
        ),
        [_claim_row(was, now) for was, now in stances],
    )
    _table(
        "Counts and candidacies",
        (
            Column(title="DATE"),
            Column(title="CHANGE"),
            Column(title="CANDIDATE", shrinks=True),
            Column(title="WHAT"),
            Column(title="OUTLET", shrinks=True, drops=1),
            Column(title="WORDS", shrinks=True),
        ),
        [(day(r["at"]), r["change"], r["candidate"], r["what"], r["outlet"], r["evidence"]) for r in others],
    )
    _table(
        "Standings",
        (
            Column(title="ELECTOR"),
            Column(title="TOWARD", shrinks=True),
            Column(title="FROM"),
            Column(title="TO"),
            Column(title="CERTAINTY"),
            Column(title="SINCE"),
        ),
        [
            (
                change.elector,
                change.candidate,
                shown(change.was.stance, mark=" (disputed)" if change.was.disputed else ""),
                shown(change.now.stance, mark=" (disputed)" if change.now.disputed else ""),
                change.now.certainty or "",
                "" if change.now.since is None else f"{change.now.since:%Y-%m-%d}",
            )
            for change in found.standings
        ],
    )
    _table("Alerts", ALERT_COLUMNS, [alert_row(alert, state) for alert in found.alerts])


def _table(title: str, columns: tuple[Column, ...], rows: list[Any]) -> None:
    if rows:
        line()
        line(f"{title}:")
        print_table(columns, rows)


def _summary(found: Reread, differing: int, *, dry_run: bool) -> str:
    told = f"{found.contest}: {many(found.read, 'item')} read again"
    if found.read:
        others = found.read - found.older
        told += f" ({found.older} by an older reader or roster" + (
            f", {others} not yet read)" if others else ")"
        )
    if found.declared is not None:
        told += "; the roster " + ("would be" if dry_run else "is") + " declared anew"
    if not found.events:
        return f"{told}; no report changes."
    would = "would say" if dry_run else "now say" if differing != 1 else "now says"
    return (
        f"{told}; {many(differing, 'item')} {would} something else: "
        f"{many(len(found.standings), 'standing')} and {many(len(found.alerts), 'alert')}."
    )


def _joined(reports: list[Json]) -> list[tuple[Json | None, Json | None]]:
    """A report that goes beside one that comes, of one item and pair, as one change of reading."""
    pairs: list[tuple[Json | None, Json | None]] = []
    for report in reports:
        gone = report["change"] == "retracted"
        matter = (report["item"], report["elector"], report["candidate"], report["time"])
        for n, (was, now) in enumerate(pairs):
            other, missing = (now, was) if gone else (was, now)
            if missing is None and other is not None:
                if (other["item"], other["elector"], other["candidate"], other["time"]) == matter:
                    pairs[n] = (report, now) if gone else (was, report)
                    break
        else:
            pairs.append((report, None) if gone else (None, report))
    return pairs


def _claim_row(was: Json | None, now: Json | None) -> tuple[str | Cell, ...]:
    shown_ = now or was
    assert shown_ is not None
    return (
        day(shown_["at"]),
        shown_["elector"],
        shown_["candidate"],
        *_readings(was, now),
        shown_["outlet"],
        shown_["evidence"],
    )


def _readings(was: Json | None, now: Json | None) -> tuple[Cell, Cell]:
    """Both readings, in as many words as it takes to tell them apart; scripts get all of them."""
    told: tuple[str, ...] = ()
    for more in ("certainty", "voice", "silence"):
        if was is None or now is None or _reading(was, told) != _reading(now, told):
            break
        told = (more,)
    return _reading(was, told), _reading(now, told)


def _reading(report: Json | None, told: tuple[str, ...]) -> Cell:
    if report is None:
        return Cell("")
    words = [report["time"]] if report["time"] != "now" else []
    words += [_VOICES[report[each]] if each == "voice" else str(report[each]) for each in told]
    return shown(report["stance"], mark=f" ({', '.join(words)})" if words else "")
