"""Events of the small race of `tracker.testing`, drawn at random.

Few values, so that they meet: on the same pair, at the same instant, from the same origin.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tracker.claims import CandidacyStep
from tracker.events import CandidacyReported, StanceReported, SupportCounted
from tracker.items import ItemId
from tracker.rules import Vote
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Precision, Stance, Voice
from tracker.testing import on_day, opened, race, report, told, voted


def reports_of(
    *, electors: Sequence[str], outlets: Sequence[str], times: Sequence[ClaimTime]
) -> st.SearchStrategy[StanceReported]:
    """Reports of these electors by these outlets. `times`: besides the present, which most are of."""
    return st.builds(
        told,
        st.sampled_from(Stance),
        elector=st.sampled_from(electors),
        candidate=st.sampled_from(["first-one", "second-one"]),
        day=st.integers(1, 5),
        certainty=st.sampled_from(Certainty),
        voice=st.sampled_from(Voice),
        outlet=st.sampled_from(outlets),
        silence=st.booleans(),
        time=st.sampled_from([ClaimTime.NOW] * 4 + [*times]),
        item=st.sampled_from([ItemId("i1"), ItemId("i2"), ItemId("i3")]),
    )


counts = st.builds(
    lambda day, missing: SupportCounted(
        contest=race().id, candidate=CandidateId("first-one"), low=3, high=3, of=4, approximate=False,
        beside=(), holdouts=(ElectorId(missing),), certainty=Certainty.REPORTED, speaker="",
        occurred_at=on_day(day), precision=Precision.INSTANT, item=None, source=report().source,
        evidence=report().evidence, rule="r", producer="p",
    ),
    st.integers(1, 5),
    st.sampled_from(["aa", "bb", "cc"]),
)  # fmt: skip
candidacies = st.builds(
    lambda day, step, certainty: CandidacyReported(
        contest=race().id, candidate=CandidateId("first-one"), step=step, by=None, certainty=certainty,
        time=ClaimTime.NOW, speaker="", occurred_at=on_day(day), precision=Precision.INSTANT, item=None,
        source=report().source, evidence=report().evidence, rule="r", producer="p",
    ),
    st.integers(1, 5),
    st.sampled_from(CandidacyStep),
    st.sampled_from(Certainty),
)  # fmt: skip
votes = st.builds(
    voted,
    st.sampled_from(Vote),
    round=st.integers(1, 3),
    elector=st.sampled_from(["aa", "bb"]),
    candidate=st.sampled_from(["first-one", "second-one", None]),
    day=st.integers(1, 5),
)
rounds = st.builds(opened, st.integers(1, 3), day=st.integers(1, 5))
