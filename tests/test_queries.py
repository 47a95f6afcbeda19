"""What a state answers, and the JSON forms that scripts rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from tracker import counts, queries
from tracker.alerts import AlertState, compare
from tracker.contests import Candidate, CandidateStatus, Elector
from tracker.events import Event, ReportRetracted, SupportCounted
from tracker.log import Head
from tracker.log.identity import identity
from tracker.projection import ContestState
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Precision, Stance, Voice
from tracker.testing import on_day, race, state_of, told

FIRST, SECOND = CandidateId("first-one"), CandidateId("second-one")
HEAD = Head(7, bytes(range(32)))
NOW = on_day(20)


def of(*events: Event, **changes: Any) -> ContestState:
    return state_of(*events, roster=race(**changes)).contests[race().id]


def status(state: ContestState, day: float = 20) -> queries.Json:
    found = queries.status_json(queries.status(state, as_of=on_day(day), head=HEAD))
    assert json.loads(json.dumps(found)) == found
    return found


def standings(found: queries.Json, elector: str) -> dict[str, Any]:
    (row,) = [row for row in found["electors"] if row["id"] == elector]
    return {standing["candidate"]: standing for standing in row["standings"]}


def test_status_has_the_shape_of_its_contract() -> None:
    found = status(of(told(Stance.SUPPORTS, day=3)))
    assert list(found) == [
        "contest", "as_of", "known_at", "leader", "candidates", "rule", "electors", "log", "decided",
        "proposed",
    ]  # fmt: skip
    assert (found["decided"], found["proposed"]) == (None, None)
    assert (found["contest"], found["as_of"], found["known_at"]) == (
        "chair-2024",
        "2024-03-20T12:00:00Z",
        None,
    )
    assert found["candidates"] == [
        {"id": "first-one", "name": "First One", "status": "declared"},
        {"id": "second-one", "name": "Second One", "status": "declared"},
    ]
    assert found["leader"] == "first-one"
    assert found["rule"] == {
        "met": False,
        "needed": 4,
        "have": 1,
        "missing": ["bb", "cc", "dd"],
        "blocking": [],
        "outcome": "not",
        "toward": [],
        "passed": 0,
        "parts": [],
    }
    assert found["log"] == {"seq": 7, "head": bytes(range(32)).hex()}
    assert [(row["id"], row["name"], row["member"]) for row in found["electors"]][:2] == [
        ("aa", "AA", True), ("bb", "BB", True),
    ]  # fmt: skip
    assert standings(found, "aa")["first-one"] == {
        "candidate": "first-one", "stance": "supports", "certainty": "official",
        "since": "2024-03-03T12:00:00Z", "disputed": False, "reports": 1, "origins": 1,
    }  # fmt: skip


def test_what_nobody_told_is_unknown_and_has_no_certainty() -> None:
    unknown = standings(status(of()), "bb")["second-one"]
    assert unknown == {
        "candidate": "second-one", "stance": "unknown", "certainty": None, "since": None,
        "disputed": False, "reports": 0, "origins": 0,
    }  # fmt: skip


def test_status_says_what_was_known_at_a_moment() -> None:
    found = queries.status(of(), as_of=on_day(3), known_at=on_day(2), head=HEAD)
    assert queries.status_json(found)["known_at"] == "2024-03-02T12:00:00Z"


def test_without_a_leader_the_rule_has_nothing_to_answer() -> None:
    found = status(of())
    assert found["leader"] is None
    nothing = {"met": False, "needed": None, "have": 0, "missing": [], "blocking": []}
    assert found["rule"] == nothing | {"outcome": "not", "toward": [], "passed": 0, "parts": []}


def test_a_rule_that_is_met_says_so() -> None:
    found = status(of(*(told(Stance.SUPPORTS, elector=e) for e in ("aa", "bb", "cc", "dd"))))
    met = {"met": True, "needed": 4, "have": 4, "missing": [], "blocking": []}
    assert found["rule"] == met | {"outcome": "met", "toward": [], "passed": 0, "parts": []}


def test_electors_that_joined_later_are_no_members_yet_and_no_holdouts() -> None:
    electors = (Elector(id=ElectorId("aa")), Elector(id=ElectorId("bb"), joined=date(2024, 3, 10)))
    state = of(told(Stance.SUPPORTS), electors=electors)
    assert [row["member"] for row in status(state, 9)["electors"]] == [True, False]
    assert status(state, 9)["rule"]["met"]
    assert [row["member"] for row in status(state, 10)["electors"]] == [True, True]
    assert [h.elector for h in queries.holdouts(state, FIRST, as_of=on_day(9))] == []
    assert [h.elector for h in queries.holdouts(state, FIRST, as_of=on_day(10))] == ["bb"]


def test_a_country_is_called_by_its_name_and_others_by_their_own_or_their_id() -> None:
    electors = (
        Elector(id=ElectorId("hu")),
        Elector(id=ElectorId("tr"), name="Türkiye"),
        Elector(id=ElectorId("nobody")),
    )
    assert [row["name"] for row in status(of(electors=electors))["electors"]] == [
        "Hungary",
        "Türkiye",
        "nobody",
    ]


def test_holdouts_are_all_that_do_not_support_the_unknown_too() -> None:
    state = of(
        told(Stance.SUPPORTS, elector="aa"),
        told(Stance.LEANS_SUPPORT, elector="bb", day=2),
        told(Stance.OPPOSES, elector="cc", day=3),
        told(Stance.OPPOSES, elector="cc", day=4, voice=Voice.OUTLET, certainty=Certainty.REPORTED),
    )
    found = queries.holdouts_json(queries.holdouts(state, FIRST, as_of=NOW))
    assert [(row["elector"], row["stance"], row["certainty"], row["since"]) for row in found] == [
        ("bb", "leans_support", "official", "2024-03-02T12:00:00Z"),
        ("cc", "opposes", "official", "2024-03-03T12:00:00Z"),
        ("dd", "unknown", None, None),
    ]
    assert list(found[0]) == ["elector", "stance", "since", "certainty", "last_report"]
    assert found[1]["last_report"]["at"] == "2024-03-04T12:00:00Z"
    assert found[2]["last_report"] is None


def test_an_elector_that_fields_its_own_candidate_holds_out_on_the_others() -> None:
    state = of(told(Stance.SUPPORTS, candidate="second-one"))
    assert "aa" in [row.elector for row in queries.holdouts(state, FIRST, as_of=NOW)]
    assert "aa" not in [row.elector for row in queries.holdouts(state, SECOND, as_of=NOW)]


def test_the_leader_is_asked_for_alone() -> None:
    assert queries.leading(of(), as_of=NOW) is None
    assert queries.leading(of(told(Stance.SUPPORTS)), as_of=NOW) == FIRST


def test_why_tells_each_report_its_part_and_its_words() -> None:
    told_ = [
        told(Stance.OPPOSES, day=1, voice=Voice.UNNAMED, certainty=Certainty.ANONYMOUS),
        told(Stance.SUPPORTS, day=2),
        told(Stance.OPPOSES, day=3, time=ClaimTime.CONDITIONAL, condition="if she is asked"),
    ]
    found = queries.why_json(queries.why(of(*told_), ElectorId("aa"), FIRST, as_of=NOW))
    assert (found["elector"], found["candidate"], found["standing"]["stance"]) == (
        "aa",
        "first-one",
        "supports",
    )
    assert found["carried_by"] == identity(told_[1])
    assert [(row["id"], row["outcome"]) for row in found["reports"]] == [
        (identity(told_[0]), "superseded"), (identity(told_[1]), "carries"), (identity(told_[2]), "beside"),
    ]  # fmt: skip
    assert found["reports"][2]["why"] == "on a condition: if she is asked"
    carrying = found["reports"][1]
    assert carrying["sentence"] == told_[1].evidence.sentence
    assert (carrying["rule"], carrying["speaker"]) == ("verb.backs", "the foreign minister of Aland")
    assert carrying["outlet"] == told_[1].source.outlet
    assert json.loads(json.dumps(found)) == found


def test_why_tells_corrections_with_who_and_why() -> None:
    wrong = told(Stance.OPPOSES, day=5)
    gone = ReportRetracted(
        contest=race().id,
        report=identity(wrong),
        reason="satire",
        occurred_at=on_day(6),
        producer="A. Editor",
    )
    found = queries.why_json(queries.why(of(wrong, gone), ElectorId("aa"), FIRST, as_of=NOW))
    assert found["standing"]["stance"] == "unknown"
    assert found["corrections"] == [
        {
            "report": identity(wrong), "kind": "report_retracted", "by": "A. Editor", "why": "satire",
            "at": "2024-03-06T12:00:00Z",
        }
    ]  # fmt: skip
    assert found["reports"][0]["outcome"] == "retracted"


def test_why_of_a_pair_that_nobody_told_of_is_empty() -> None:
    found = queries.why(of(), ElectorId("bb"), SECOND, as_of=NOW)
    assert (found.standing.stance, found.standing.reasons, found.corrections) == (None, (), ())
    assert (found.elector_name, found.candidate_name) == ("BB", "Second One")


def test_diff_lists_what_differs_between_two_moments_in_the_rosters_order() -> None:
    state = of(
        told(Stance.OPPOSES, elector="cc", day=2),
        told(Stance.SUPPORTS, elector="cc", day=8),
        told(Stance.SUPPORTS, elector="aa", day=6),
        told(Stance.SUPPORTS, elector="bb", day=1),
    )
    found = queries.diff_json(queries.diff(state, state, start=on_day(5), end=on_day(9)))
    assert [(row["elector"], row["from"]["stance"], row["to"]["stance"]) for row in found] == [
        ("aa", "unknown", "supports"), ("cc", "opposes", "supports"),
    ]  # fmt: skip
    assert queries.diff(state, state, start=on_day(9), end=on_day(9)) == ()


def test_diff_tells_a_change_of_certainty_and_of_dispute_too() -> None:
    state = of(
        told(
            Stance.SUPPORTS, elector="aa", day=1, voice=Voice.ELECTOR_UNNAMED, certainty=Certainty.ANONYMOUS
        ),
        told(Stance.SUPPORTS, elector="aa", day=3),
        told(Stance.SUPPORTS, elector="bb", day=1),
        told(Stance.OPPOSES, elector="bb", day=3, voice=Voice.OUTLET, certainty=Certainty.REPORTED),
    )
    found = queries.diff(state, state, start=on_day(2), end=on_day(4))
    assert [(c.elector, c.was.certainty, c.now.certainty, c.now.disputed) for c in found] == [
        ("aa", Certainty.ANONYMOUS, Certainty.OFFICIAL, False),
        ("bb", Certainty.OFFICIAL, Certainty.OFFICIAL, True),
    ]


def test_diff_compares_what_was_known_at_two_moments() -> None:
    early, late = of(), of(told(Stance.SUPPORTS, day=2))
    (change,) = queries.diff(early, late, start=on_day(9), end=on_day(9))
    assert (change.was.stance, change.now.stance) == (None, Stance.SUPPORTS)


def count(day: float, low: int) -> SupportCounted:
    plain = told(Stance.SUPPORTS)
    return SupportCounted(
        contest=race().id, candidate=FIRST, low=low, high=None, of=4, approximate=True, beside=(),
        holdouts=(), certainty=Certainty.ANONYMOUS, speaker="diplomats", occurred_at=on_day(day),
        precision=Precision.INSTANT, item=None, source=plain.source, evidence=plain.evidence, rule="r",
        producer="p",
    )  # fmt: skip


def test_counts_stand_beside_what_named_evidence_adds_up_to() -> None:
    state = of(count(2, 2), told(Stance.SUPPORTS, day=3), count(4, 3), count(25, 4))
    found = counts.counts_json(counts.told(state, as_of=NOW))
    assert [(row["low"], row["named"]) for row in found] == [(3, 1), (2, 0)]
    assert (found[0]["of"], found[0]["high"], found[0]["approximate"]) == (4, None, True)
    assert (found[0]["speaker"], found[0]["at"]) == ("diplomats", "2024-03-04T12:00:00Z")


def test_a_retracted_count_is_not_told() -> None:
    wrong = count(2, 2)
    gone = ReportRetracted(
        contest=race().id, report=identity(wrong), reason="x", occurred_at=on_day(6), producer="A. Editor"
    )
    assert counts.told(of(wrong, gone), as_of=NOW) == ()


def test_an_alert_has_the_shape_of_its_contract() -> None:
    report = told(Stance.SUPPORTS, day=5)
    (alert,) = compare(of(), of(report), now=NOW)
    assert queries.alert_json(alert, AlertState.QUEUED) == {
        "key": alert.key, "at": "2024-03-20T12:00:00Z", "occurred_at": "2024-03-05T12:00:00Z",
        "contest": "chair-2024", "elector": "aa", "candidate": "first-one", "from": "unknown",
        "to": "supports", "certainty": "official", "evidence": report.evidence.sentence,
        "url": report.source.url, "state": "queued",
    }  # fmt: skip
    (fallen,) = compare(of(report), of(report, ReportRetracted(
        contest=race().id, report=identity(report), reason="x", occurred_at=NOW, producer="A. Editor"
    )), now=NOW)  # fmt: skip
    assert queries.alert_json(fallen, AlertState.QUIET)["to"] == "unknown"
    assert queries.alert_json(fallen, AlertState.QUIET)["certainty"] is None


def test_a_withdrawn_candidate_is_listed_so_and_keeps_his_standings() -> None:
    out = replace(
        Candidate(id=FIRST, name="First One"), status=CandidateStatus.WITHDRAWN, withdrawn=date(2024, 3, 10)
    )
    found = status(of(told(Stance.SUPPORTS), candidates=(out,)), 12)
    assert [candidate["status"] for candidate in found["candidates"]] == ["withdrawn"]
    assert found["leader"] is None
    assert standings(found, "aa")["first-one"]["stance"] == "supports"
