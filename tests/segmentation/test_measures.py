"""Measures about customers (C058): evidence, two persons, an end, an appeal, what they change."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.queries import audience
from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import MeasureState, MeasureStep
from customers.models import Measure
from customers.operations.measures import (
    ANSWER_DAYS,
    answer_appeal,
    appeal_measure,
    decide_measure,
    lift_measure,
)
from customers.queries.measures import ended_until, in_force_on, is_measured, since_then
from messaging.models import Message
from messaging.operations import record_consents
from outbox.models import Event
from payments.enums.instalments import CreditRefusal
from payments.models import CreditPolicy
from payments.queries.instalments.credit import offer_to
from segmentation.models import NamedStay
from segmentation.operations import propose_measure, score_business
from segmentation.queries.actions.candidates import _calls as calls
from tests.segmentation.own import NOW, TODAY, buy

pytestmark = pytest.mark.django_db

END = TODAY + timedelta(days=90)
SAID = {"k": 9, "n": 10, "needed": 5, "p95": 0.2}


def _sign(who: Any) -> None:
    NamedStay.objects.create(
        segment="serial_returner", customer_id=who, entered_at=NOW, evidence=SAID, seen_on=TODAY
    )


def _propose(who: Any, step: str = "no_offers", by: str = "user:1") -> Measure:
    row: Measure = propose_measure(
        customer_id=who, step=step, reason="بسیار پس می‌آورد", by=by, actor=None, now=NOW
    )
    return row


def _tried(who: Any) -> None:
    """Something milder was decided long ago, and is over."""
    long_ago = NOW - timedelta(days=60)
    Measure.objects.create(
        customer_id=who, step="no_offers", state="in_force", reason="x", evidence=[SAID],
        proposed_by="user:1", proposed_at=long_ago, decision="x", decided_by="user:2",
        decided_at=long_ago, ends_on=TODAY - timedelta(days=1),
    )  # fmt: skip


def _decide(row: Measure, *, by: str = "user:2", accept: bool = True, end: Any = END) -> Measure:
    return decide_measure(
        measure_id=row.id, accept=accept, note="دیدیم", ends_on=end, by=by, actor=None, now=NOW
    )


def _answer(row: Measure, *, lift: bool, by: str = "user:3") -> Measure:
    return answer_appeal(measure_id=row.id, lift=lift, words="بررسی شد", by=by, actor=None, now=NOW)


def _code(work: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(Problem) as refused, transaction.atomic():
        work(*args, **options)
    return refused.value.code


@pytest.fixture
def who(acting):
    found = buy(1, 10).customer_id
    _sign(found)
    return found


def test_without_a_sign_nobody_gets_a_measure(acting):
    """C058: what is no more than chance stands against nobody."""
    assert _code(_propose, buy(2, 10).customer_id) == "no_evidence"


def test_the_file_keeps_the_evidence_of_the_day(who):
    """C058: the decision can be followed from the file alone, whatever happens to the sign."""
    row = _propose(who)
    NamedStay.objects.all().delete()
    row.refresh_from_db()
    assert row.evidence == [
        {"segment": "serial_returner", "seen_on": TODAY.isoformat(), "evidence": SAID}
    ]
    assert in_force_on([who], TODAY) == {}


def test_nobody_decides_alone_and_it_ends_on_its_day(who):
    """C058: two persons, by the operation and by the database; expiry needs no job."""
    row = _propose(who)
    assert _code(_decide, row, by="user:1") == "second_person_needed"
    assert _code(_decide, row, end=None) == "invalid_date"
    assert _code(_decide, row, end=TODAY + timedelta(days=366)) == "invalid_date"
    assert not Event.objects.filter(name="customer.measure_applied").exists()
    _decide(row)
    assert Event.objects.filter(name="customer.measure_applied").count() == 1
    assert in_force_on([who], END) == {who: MeasureStep.NO_OFFERS}
    assert in_force_on([who], END + timedelta(days=1)) == {}
    assert _code(_decide, row) == "measure_decided"
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.update(decided_by="user:1")


def test_a_refused_one_never_holds_and_only_one_proposal_waits(who):
    row = _propose(who)
    assert _code(_propose, who) == "measure_proposed"
    _decide(row, accept=False, end=None)
    assert in_force_on([who], TODAY) == {}
    assert _propose(who).state == MeasureState.PROPOSED


def test_an_appeal_is_answered_by_another_or_lifts_the_measure(who):
    """C058: appeal; who decided does not answer; unanswered for fourteen days it holds no more."""
    row = _decide(_propose(who))
    appeal_measure(measure_id=row.id, words="کالا خراب بود", actor=None, now=NOW)
    last = TODAY + timedelta(days=ANSWER_DAYS)
    assert in_force_on([who], last) == {who: MeasureStep.NO_OFFERS}
    assert in_force_on([who], last + timedelta(days=1)) == {}
    assert _code(_answer, row, lift=False, by="user:2") == "second_person_needed"
    _answer(row, lift=False)
    assert in_force_on([who], END) == {who: MeasureStep.NO_OFFERS}
    assert _code(_answer, row, lift=True) == "no_appeal"
    assert _code(appeal_measure, measure_id=row.id, words="باز", actor=None, now=NOW) == (
        "already_appealed"
    )


def test_an_appeal_that_is_right_lifts_it_and_so_may_anybody(who):
    row = _decide(_propose(who))
    appeal_measure(measure_id=row.id, words="کالا خراب بود", actor=None, now=NOW)
    _answer(row, lift=True)
    assert in_force_on([who], TODAY) == {}
    assert Event.objects.filter(name="customer.measure_lifted").count() == 1
    second = _decide(_propose(who))
    lift_measure(measure_id=second.id, actor=None, now=NOW)
    assert in_force_on([who], TODAY) == {}
    assert _code(lift_measure, measure_id=second.id, actor=None, now=NOW) == "measure_not_in_force"


@given(steps=st.lists(st.sampled_from(list(MeasureStep)), min_size=1, max_size=3))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_each_step_holds_the_milder_ones(steps, who):
    """C058: graduated; of several the strongest counts."""
    Measure.objects.all().delete()
    _tried(who)
    for step in steps:
        _decide(_propose(who, step))
    order = list(MeasureStep)
    strongest = max(order.index(step) for step in steps)
    for place, step in enumerate(order):
        assert is_measured(who, step, TODAY) == (place <= strongest)


def test_nobody_is_shown_the_door_first(who):
    """C058: no points and the end only after something milder was tried for thirty days."""
    for step in ("out_of_club", "ended"):
        assert _code(_propose, who, step) == "milder_first"
    _decide(_propose(who, "no_credit"))
    assert _code(_propose, who, "ended") == "milder_first"
    tried = Measure.objects.get()
    Measure.objects.update(decided_at=NOW - timedelta(days=30))
    lift_measure(measure_id=tried.id, actor=None, now=NOW)
    assert _code(_propose, who, "ended") == "milder_first"
    _tried(who)
    assert _decide(_propose(who, "ended")).state == MeasureState.IN_FORCE
    assert is_measured(who, MeasureStep.SHORT_RETURNS, TODAY)
    assert (ended_until(who, TODAY), ended_until(who, END + timedelta(days=1))) == (END, None)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("short_returns", "حداکثر تا چهارده روز"),
        ("out_of_club", "می‌توانید خرجش کنید"),
        ("ended", "حق برگرداندن آنچه خریده‌اید"),
    ],
)
def test_the_customer_is_told_of_each_harder_step(who, step, said):
    """C058: what holds, and what stays theirs."""
    _tried(who)
    _decide(_propose(who, step))
    assert said in Message.objects.get(ref_kind="measure").body


def test_who_is_left_alone_is_not_proposed_for_a_call(who):
    """C110, C058: today's actions call nobody who gets no offers."""
    other = buy(2, 10).customer_id
    rows = [
        SimpleNamespace(
            customer_id=one, risk_rial=100, worth_rial=200, staying=0.2, as_of=TODAY,
            purchases_30=0.1,
        )
        for one in (who, other)
    ]  # fmt: skip
    _decide(_propose(who))
    with patch("segmentation.queries.actions.candidates.risk_rows", lambda: rows):
        assert [one.customer_id for one in calls(NOW, TODAY)] == [other]


def test_who_gets_no_offers_is_in_no_campaign(who):
    """C058: stop offers."""
    other = buy(2, 10).customer_id
    addresses = ["+989120000001", "+989120000002"]
    record_consents(addresses=addresses, purpose="marketing", granted=True, source="till", now=NOW)
    score_business(now=NOW)
    assert len(audience("all", NOW).recipients) == 2
    _decide(_propose(who))
    found = audience("all", NOW)
    assert [one.customer_id for one in found.recipients] == [other]
    assert (found.by_measure, found.unreachable) == (1, 1)
    assert len(audience("all", NOW + timedelta(days=91)).recipients) == 2


def test_who_gets_no_credit_is_offered_none(who):
    """C058: no credit; a milder measure leaves credit alone."""
    CreditPolicy.objects.create(
        is_on=True, lends_without_history=True, newcomer_rial=5_000_000,
        most_customer_rial=5_000_000, most_total_rial=50_000_000, changed_at=NOW,
    )  # fmt: skip
    _decide(_propose(who))
    assert offer_to(who, today=TODAY).limit_rial == 5_000_000
    _decide(_propose(who, "no_credit"))
    offer = offer_to(who, today=TODAY)
    assert (offer.limit_rial, offer.refusal) == (0, CreditRefusal.MEASURE)
    assert offer_to(who, today=END + timedelta(days=1)).limit_rial == 5_000_000


def test_what_became_of_it_is_counted(who):
    """C058: the ninety days before against those since."""
    row = _decide(_propose(who))
    found = since_then([row])[row.id]
    assert (found.before.bought, found.before.net_rial, found.since.bought) == (1, 100, 0)
    assert since_then([]) == {}


def test_files_over_http(api, other_api, business):
    """C058: a key does not decide what it proposed; walled; a list costs the same for any."""
    with acting_for(business.id):
        people = [buy(n, 10).customer_id for n in (1, 2)]
        for one in people:
            _sign(one)
    body = {"customer_id": str(people[0]), "step": "no_offers", "reason": "پس می‌آورد"}
    first = api.post("suitability", body)
    assert first.status_code == 201, first.json()
    row = first.json()
    assert (row["state"], row["holds"]) == ("proposed", False)
    decide = {"accept": True, "note": "دیدیم", "ends_on": END.isoformat()}
    alone = api.post(f"suitability/{row['id']}/decide", decide)
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    assert other_api.get(f"suitability/{row['id']}").status_code == 404
    counts = []
    for n in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get("suitability").json()["data"]) == n
        counts.append(len(queries))
        if n == 1:
            api.post("suitability", body | {"customer_id": str(people[1])})
            api.get("suitability")
    assert counts[0] == counts[1]


def test_the_customer_is_told_what_holds_and_how_to_object(who, acting):
    """C058: one message at the decision, with the day and the way to their own page."""
    row = _propose(who)
    assert not Message.objects.filter(ref_kind="measure").exists()
    _decide(row)
    (told,) = Message.objects.filter(ref_kind="measure")
    assert "برای شما پیشنهادی نمی‌فرستیم" in told.body
    assert "اگر اعتراض دارید" in told.body
    assert "/me/" in told.body
    other = buy(2, 10).customer_id
    _sign(other)
    _decide(_propose(other), accept=False)
    assert Message.objects.filter(ref_kind="measure").count() == 1
