"""Ready-made segments (C007, C019, C038, C045, C058): their rules against plain readings."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Case, Customer, Purchase
from customers.operations import CustomerHint, record_purchases
from customers.operations.leads import NewLead, note_lead
from feedback.models import Response, Survey, SurveyInvitation
from loyalty.models import Suspicion
from messaging.models import Message
from outbox.models import Event
from segmentation.enums import AWAY, QUADRANT, NamedSegment
from segmentation.models import ActionItem, NamedNight, NamedStay
from segmentation.operations import refresh_named_segments
from segmentation.queries.named.reading import came_back, named_rows
from segmentation.queries.named.rules import RULES
from segmentation.queries.named.told import _BASES, evidence_told, rule_told, usual_told
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import read_rule
from segmentation.queries.own.told import told
from tests.customers.conftest import sale
from tests.segmentation.crowd_of_buyers import Manners, fill
from tests.segmentation.own import NOW, TODAY, buy, found

pytestmark = pytest.mark.django_db


def who_is_in(segment: str) -> set[Any]:
    rows = NamedStay.objects.filter(segment=segment, left_at=None)
    return set(rows.values_list("customer_id", flat=True))


def evidence(segment: str, customer_id: Any) -> dict[str, Any]:
    stay = NamedStay.objects.get(segment=segment, customer_id=customer_id, left_at=None)
    return dict(stay.evidence)


def test_every_segment_has_a_rule_and_an_empty_business_has_nobody(acting):
    assert set(RULES) == set(NamedSegment)
    night = refresh_named_segments(now=NOW)
    assert night.sizes == {one.value: 0 for one in NamedSegment}
    assert night.customers == 0


def test_new_to_the_business_and_new_to_goods(acting):
    """C038: new to the business is not new to a kind of goods."""
    new = buy(1, 10, "tea").customer_id
    old = buy(2, 400, "tea").customer_id
    buy(2, 5, "cake")
    buy(3, 300, "tea")
    same = buy(3, 3, "tea").customer_id
    refresh_named_segments(now=NOW)
    assert who_is_in("new_to_business") == {new}
    assert who_is_in("new_to_product") == {old}
    assert evidence("new_to_product", old)["goods"] == ["c-cake"]
    assert same not in who_is_in("new_to_product")


def test_staying_away_and_coming_back_by_ones_own_rhythm(acting):
    """C045: longer than 95 of 100 of one's own pauses; half a year where nothing is known."""
    for days in range(20, 320, 20):
        weekly = buy(1, days + 60).customer_id
    late = buy(2, 170).customer_id
    lost = buy(3, 190).customer_id
    for days in (250, 10):
        back = buy(4, days).customer_id
    refresh_named_segments(now=NOW)
    assert who_is_in("lapsed") == {weekly, lost}
    own = evidence("lapsed", weekly)
    assert (own["line"], own["own_line"]) == (20, True)
    assert evidence("lapsed", lost)["line"] == 180
    assert late not in who_is_in("lapsed")
    assert who_is_in("won_back") == {back}
    assert evidence("won_back", back)["pause"] == 240


def test_coming_and_going_is_kept_and_announced_from_the_second_night_on(acting):
    who = buy(1, 170).customer_id
    refresh_named_segments(now=NOW)
    assert Event.objects.filter(name__startswith="named_segment").count() == 0
    later = NOW + timedelta(days=12)
    refresh_named_segments(now=later)
    assert who_is_in("lapsed") == {who}
    assert who_is_in("neglected") == {who}
    sent = Event.objects.filter(name="named_segment.entered").values_list("payload", flat=True)
    assert {one["segment"] for one in sent} == {"lapsed", "neglected"}
    record_purchases(
        purchases=[
            sale(
                100,
                customer=CustomerHint(mobile="09120000001"),
                occurred_at=NOW + timedelta(days=13),
            )
        ],
        source="api",
        now=NOW + timedelta(days=13),
    )
    refresh_named_segments(now=NOW + timedelta(days=14))
    assert who_is_in("lapsed") == set()
    stay = NamedStay.objects.get(segment="lapsed")
    assert (stay.entered_at, stay.left_at) == (later, NOW + timedelta(days=14))
    assert Event.objects.filter(name="named_segment.left").count() == 2
    assert NamedNight.objects.count() == 3


def test_a_night_twice_is_the_same(acting):
    buy(1, 170)
    buy(2, 10)
    first = refresh_named_segments(now=NOW)
    rows = list(NamedStay.objects.order_by("id").values())
    again = refresh_named_segments(now=NOW + timedelta(minutes=5))
    assert again.sizes == first.sizes
    assert list(NamedStay.objects.order_by("id").values()) == rows


# --- against a plain reading of the raw rows ----------------------------------------------------


def _answer(customer_id: Any, score: int, days_ago: int, *, kind: str = "csat") -> None:
    purchase = Purchase.objects.filter(customer_id=customer_id).order_by("id")[0]
    survey, _new = Survey.objects.get_or_create(kind=kind, title=kind, defaults={
        "question": "?", "invitation": "?", "created_at": NOW,
    })  # fmt: skip
    SurveyInvitation.objects.filter(purchase=purchase).delete()
    invitation = SurveyInvitation.objects.create(
        survey=survey, purchase=purchase, customer_id=customer_id, token_hash=b"x",
        state="answered", created_at=NOW, due_at=NOW, expires_at=NOW,
    )  # fmt: skip
    Response.objects.create(
        invitation=invitation, survey=survey, customer_id=customer_id, purchase=purchase,
        score=score, answered_at=NOW - timedelta(days=days_ago),
    )  # fmt: skip


def _reach(mobile: str, days_ago: int, purpose: str = "marketing") -> None:
    Message.objects.create(
        dedupe_key=f"{mobile}{days_ago}{purpose}", purpose=purpose, priority=3, address=mobile,
        body="x", parts=1, state="delivered", due_at=NOW, created_at=NOW,
        sent_at=NOW - timedelta(days=days_ago),
    )  # fmt: skip


def _raw(days: int) -> str:
    """Return what a plain reading says of somebody whose only purchase was so long ago."""
    return "leaving" if days > 180 else "staying"


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_are_disjoint_and_exhaustive_and_reconcile_with_raw_rows(acting, seed):
    """C093, N13, N26: each who stays away has one reason, each who answered one corner."""
    rng = random.Random(seed)
    expected: dict[str, set[Any]] = {one.value: set() for one in (*QUADRANT, *AWAY)}
    for who in range(1, 10):
        for name, customer_id in _somebody(who, rng):
            expected[name].add(customer_id)
    night = refresh_named_segments(now=NOW)
    for name, people in expected.items():
        assert who_is_in(name) == people, name
        assert night.sizes[name] == len(people)
    assert set().union(*(expected[one] for one in AWAY)) == who_is_in("lapsed")
    assert sum(night.sizes[one] for one in AWAY) == night.sizes["lapsed"]
    answered = set(Response.objects.values_list("customer_id", flat=True))
    assert set().union(*(expected[one] for one in QUADRANT)) == answered


def _somebody(who: int, rng: random.Random) -> Iterator[tuple[str, Any]]:
    """Make somebody up; yield in which parts a plain reading of their rows puts them."""
    days, score = rng.choice([5, 100, 185, 200, 400]), rng.choice([None, 1, 3, 4, 5])
    customer_id = buy(who, days).customer_id
    if score is not None:
        _answer(customer_id, score, rng.choice([3, 200]))
        yield f"{'happy' if score >= 4 else 'unhappy'}_{_raw(days)}", customer_id
    if rng.random() < 0.5:
        _reach(f"+98912000000{who}", days - 2 if rng.random() < 0.5 else days + 9)
    if rng.random() < 0.4:
        right = rng.choice([None, True, False])
        _complain(customer_id, days + rng.choice([-1, 20, 60]), right=right)
    if _raw(days) == "leaving":
        yield _reason(customer_id, score), customer_id


def _complain(customer_id: Any, days_ago: int, *, right: bool | None) -> None:
    Case.objects.create(
        kind="complaint", title="x", customer_id=customer_id, state="resolved",
        opened_at=NOW - timedelta(days=days_ago), resolved_at=NOW, was_right=right,
    )  # fmt: skip


def _reason(customer_id: Any, score: int | None) -> str:
    """Return why somebody stays away, read row by row."""
    (last,) = Purchase.objects.filter(customer_id=customer_id).values_list("occurred_at", flat=True)
    complaints = Case.objects.filter(customer_id=customer_id).exclude(was_right=False)
    recent = [one for one in complaints if one.opened_at >= last - timedelta(days=30)]
    if (score is not None and score <= 2) or recent:
        return "dissatisfied"
    mobile = Customer.objects.get(id=customer_id).mobile
    reached = Message.objects.filter(address=mobile, sent_at__gt=last).exists()
    return "lapsed_unknown" if reached else "neglected"


def test_receipts_and_surveys_are_no_effort_and_a_done_call_is(acting):
    """C019: neglected means that nobody was in touch since the last purchase."""
    quiet, called = buy(1, 200).customer_id, buy(2, 200).customer_id
    _reach("+989120000001", 100, "transactional")
    _reach("+989120000001", 99, "survey")
    ActionItem.objects.create(
        on=TODAY, place=1, kind="call", subject="x", customer_id=called, value_rial=1, chance=1,
        expected_rial=1, low_rial=1, high_rial=1, effort_minutes=1, made_at=NOW, state="done",
        answered_at=NOW - timedelta(days=3),
    )  # fmt: skip
    refresh_named_segments(now=NOW)
    assert who_is_in("neglected") == {quiet}
    assert who_is_in("lapsed_unknown") == {called}


def test_coming_back_is_measured_for_each_reason(acting):
    """N26: win-back per group, of whose ninety days are over."""
    stay = {"evidence": {}, "seen_on": TODAY}
    for who in range(1, 8):
        customer_id = buy(who, 300).customer_id
        if who <= 3:
            buy(who, 150)
        NamedStay.objects.create(
            segment="neglected" if who < 7 else "dissatisfied", customer_id=customer_id,
            entered_at=NOW - timedelta(days=200), left_at=NOW, **stay,
        )  # fmt: skip
    late = buy(8, 300).customer_id
    NamedStay.objects.create(
        segment="neglected", customer_id=late, entered_at=NOW - timedelta(days=20), **stay
    )
    back = came_back(AWAY, TODAY, "Asia/Tehran")
    assert (back["neglected"].people, back["neglected"].came) == (6, 3)
    assert back["neglected"].rate is not None
    assert back["dissatisfied"].rate is None


def test_high_profit_and_value_at_risk_need_twenty_to_compare_with(acting):
    """C007: the fifth with whom the most is earned; nobody where there are too few."""
    for who in range(1, 10):
        buy(who, 20, rial=1_000 * who)
    assert refresh_named_segments(now=NOW).sizes["high_profit"] == 0
    fill([Manners(0, 0, 0, 0)] * 40, TODAY, seed=5)
    night = refresh_named_segments(now=NOW)
    assert 0 < night.sizes["high_profit"] <= 0.3 * 49
    cut = night.usual["profit_cut"]
    for stay in NamedStay.objects.filter(segment="high_profit", left_at=None):
        assert stay.evidence["profit_rial"] >= cut


def test_a_lead_is_one_until_the_first_purchase(acting):
    """C039: known, and has not bought yet."""
    new = NewLead(customer=CustomerHint(mobile="09120000001"), kind="staff", consented=True)
    who = note_lead(new=new, now=NOW).customer_id
    refresh_named_segments(now=NOW)
    assert who_is_in("lead") == {who}
    buy(1, 0)
    refresh_named_segments(now=NOW)
    assert who_is_in("lead") == set()


def test_misuse_counts_only_when_a_person_looked_after_it(acting):
    """C058: a sign alone is nothing."""
    judged, unjudged = buy(1, 3).customer_id, buy(2, 3).customer_id
    for who, state in ((judged, "seen"), (unjudged, "open")):
        for days in (3, 9):
            Suspicion.objects.create(
                rule="customer_sales", state=state, customer_id=who, count=9, line=5,
                on=TODAY - timedelta(days=days), found_at=NOW, last_at=NOW, judged_count=9,
            )  # fmt: skip
    refresh_named_segments(now=NOW)
    assert who_is_in("abusive") == {judged}
    assert who_is_in("high_risk") == {judged}
    assert evidence_told("abusive", evidence("abusive", judged))


def test_every_rule_and_all_evidence_can_be_told(acting):
    for days in (3, 200, 400):
        buy(1, days, "tea")
    _answer(buy(2, 200).customer_id, 1, 3, kind="nps")
    buy(3, 300)
    fill([Manners(0.1, 0.1, 0.1, 0.1)] * 40, TODAY, seed=5)
    night = refresh_named_segments(now=NOW)
    assert all(rule_told(one) for one in NamedSegment)
    assert all("%" not in usual_told(one, night.usual) for one in NamedSegment)
    stays = NamedStay.objects.filter(left_at=None)
    assert {"new_to_business", "dissatisfied", "won_back"} & set(
        stays.values_list("segment", flat=True)
    )
    for stay in stays:
        assert evidence_told(stay.segment, stay.evidence)


def test_own_segments_ask_for_ready_made_ones(acting):
    """A rule of the business's own may name them; it finds who is in since last night."""
    away = buy(1, 200).customer_id
    buy(2, 3)
    rule = {"kind": "named", "named": ["neglected", "new_to_product"]}
    assert found(rule) == set()
    refresh_named_segments(now=NOW)
    assert found(rule) == {away}
    assert found({"kind": "not", "of": rule}) == {
        row.id for row in Customer.objects.exclude(id=away)
    }
    assert "«" in told(read_rule(rule), names())


# --- who goes -----------------------------------------------------------------------------------


def test_the_database_keeps_one_stay_a_segment(acting):
    who = buy(1, 200).customer_id
    refresh_named_segments(now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        NamedStay.objects.create(
            segment="neglected", customer_id=who, entered_at=NOW, evidence={}, seen_on=TODAY
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        NamedStay.objects.filter(customer_id=who).update(left_at=NOW - timedelta(days=1))


def test_a_night_that_fails_leaves_the_last_one_whole(acting, monkeypatch):
    """Readers see one whole night: it is written at once or not at all."""
    buy(1, 200)
    refresh_named_segments(now=NOW)
    before = list(NamedStay.objects.order_by("id").values())
    buy(2, 300)

    def fail(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(NamedNight.objects, "create", fail)
    with pytest.raises(RuntimeError):
        refresh_named_segments(now=NOW + timedelta(days=1))
    assert list(NamedStay.objects.order_by("id").values()) == before
    (night,) = NamedNight.objects.all()
    assert named_rows("neglected", night).count() == night.sizes["neglected"]


def test_a_page_read_across_two_nights_speaks_of_one(acting):
    buy(1, 170)
    buy(2, 200)
    first = refresh_named_segments(now=NOW)
    buy(2, 0)
    second = refresh_named_segments(now=NOW + timedelta(days=12))
    for night in (first, second):
        assert named_rows("lapsed", night).count() == night.sizes["lapsed"] == 1


def test_what_was_reckoned_is_told_in_whole_toman():
    """C007: «۹۱۴٬۱۴۶٫۴ تومان» says more than is known."""
    usual = {"profit_cut": 18_829_144, "risk_cut": 9_141_464, "bases": {}}
    for one in (NamedSegment.HIGH_PROFIT, NamedSegment.VALUE_AT_RISK):
        assert "٫" not in usual_told(one, usual)
    assert "۱٬۸۸۲٬۹۱۴ تومان" in usual_told(NamedSegment.HIGH_PROFIT, usual)


def test_what_is_seldom_is_not_told_as_never():
    """R63: eight returns of 2,600 purchases are «less than 1 in 100»."""
    base = {"people": 178, "things": 2_600, "signs": 8}
    usual = {"profit_cut": None, "risk_cut": None, "bases": dict.fromkeys(_BASES.values(), base)}
    assert "کمتر از ۱ در ۱۰۰" in usual_told(NamedSegment.SERIAL_RETURNER, usual)
    never = usual | {"bases": dict.fromkeys(_BASES.values(), base | {"signs": 0})}
    assert "۰ در ۱۰۰" in usual_told(NamedSegment.SERIAL_RETURNER, never)
