"""Press totals beside named evidence: what is missing, what a count alone adds, and what conflicts."""

from __future__ import annotations

from dataclasses import replace

from tracker import counts
from tracker.events import Event, ReportRetracted, SupportCounted, SupportImplied
from tracker.log.identity import identity
from tracker.projection import ContestState
from tracker.stances import CandidateId, Certainty, ElectorId, Precision, Stance
from tracker.testing import on_day, race, state_of, told

FIRST = CandidateId("first-one")
FOR = Stance.SUPPORTS


def count(
    low: int, *missing: str, day: float, high: int | None = -1
) -> tuple[SupportCounted, SupportImplied]:
    """A count, and what it implies when it names who is missing."""
    plain = told(FOR, outlet="W")
    made = SupportCounted(
        contest=race().id, candidate=FIRST, low=low, high=low if high == -1 else high, of=4,
        approximate=False, beside=(), holdouts=tuple(map(ElectorId, missing)), certainty=Certainty.REPORTED,
        speaker="", occurred_at=on_day(day), precision=Precision.INSTANT, item=None, source=plain.source,
        evidence=plain.evidence, rule="count", producer="p",
    )  # fmt: skip
    implied = SupportImplied(
        contest=made.contest, candidate=FIRST, count=identity(made), holdouts=made.holdouts,
        electors=tuple(ElectorId(e) for e in ("aa", "bb", "cc", "dd") if e not in missing),
        certainty=made.certainty, speaker="", occurred_at=made.occurred_at, precision=made.precision,
        item=None, source=made.source, evidence=made.evidence, rule="count", producer="p",
    )  # fmt: skip
    return made, implied


def of(*events: Event) -> ContestState:
    return state_of(*events).contests[race().id]


def reckoned(*events: Event) -> list[counts.CountTold]:
    return list(counts.told(of(*events), as_of=on_day(20)))


def test_three_of_four_with_one_named_leave_a_gap_of_two() -> None:
    made, _ = count(3, day=5)
    (found,) = reckoned(made, told(FOR, elector="aa", day=1))
    assert (found.named, found.gap, found.only, found.reconciled) == (("aa",), 2, (), False)


def test_a_count_that_names_the_missing_is_reconciled_by_those_it_alone_has() -> None:
    made = count(3, "dd", day=5)
    (found,) = reckoned(
        *made, told(FOR, elector="aa", day=1), told(Stance.LEANS_SUPPORT, elector="bb", day=2)
    )
    assert (found.named, found.gap, found.only, found.contested) == (("aa",), 2, ("bb", "cc"), ())
    assert found.reconciled


def test_what_evidence_puts_elsewhere_is_contested_and_not_counted_in() -> None:
    made = count(3, "dd", day=5)
    (found,) = reckoned(*made, told(FOR, elector="aa", day=1), told(Stance.UNDECIDED, elector="bb", day=2))
    assert (found.only, found.contested, found.reconciled) == (("cc",), ("bb",), False)


def test_each_count_is_held_against_the_evidence_of_its_own_day() -> None:
    early, late = count(1, day=2)[0], count(2, day=9)[0]
    backing = [told(FOR, elector="aa", day=1), told(FOR, elector="bb", day=8)]
    newest, oldest = reckoned(early, late, *backing)
    assert (oldest.named, oldest.gap, newest.named, newest.gap) == (("aa",), 0, ("aa", "bb"), 0)


def test_fewer_told_than_named_is_a_gap_below_nothing() -> None:
    (found,) = reckoned(count(1, day=5)[0], *(told(FOR, elector=e, day=1) for e in ("aa", "bb")))
    assert (found.gap, found.reconciled) == (-1, False)
    (open_ended,) = reckoned(
        count(1, day=5, high=None)[0], *(told(FOR, elector=e, day=1) for e in ("aa", "bb"))
    )
    assert (open_ended.gap, open_ended.reconciled) == (0, True)  # "one or more"


def test_counts_of_one_day_that_cannot_both_be_right_point_at_each_other() -> None:
    two, three = count(2, day=5)[0], replace(count(3, day=5)[0], occurred_at=on_day(5.2))
    least = replace(count(2, day=5, high=None)[0], occurred_at=on_day(5.3))
    found = {told_.report.id: told_.disagrees for told_ in reckoned(two, three, least)}
    assert found == {
        identity(two): (identity(three),),
        identity(three): (identity(two),),
        identity(least): (),
    }


def test_what_was_taken_back_is_not_reckoned() -> None:
    made, implied = count(3, "dd", day=5)

    def back(report: Event) -> ReportRetracted:
        return ReportRetracted(
            contest=race().id, report=identity(report), reason="x", occurred_at=on_day(6), producer="e"
        )

    assert reckoned(made, implied, back(made)) == []
    (found,) = reckoned(made, implied, back(implied))
    assert found.only == ()
