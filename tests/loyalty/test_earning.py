"""Points for sales: rates, rounding, tiers, strangers, repeats (rules R2-R4, R9, R42)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.ids import new_id
from core.tenancy import acting_for
from customers.events import PurchaseRecorded
from customers.operations import (
    CardHint,
    CustomerHint,
    accept_suggestion,
    record_purchases,
    update_customer,
)
from customers.queries.merging import suggestion_rows
from loyalty.models import CustomerTier, LedgerEntry, Lot, Wallet
from loyalty.operations import (
    commit_redemption,
    reserve_redemption,
    update_program,
    update_rule,
)
from loyalty.operations import earn as earning
from loyalty.queries import points_for_purchases, preview, programme, tier_of, tiers, wallet_view
from loyalty.subscribers import points as subscribers
from outbox.events import Recorded
from outbox.models import Delivery, Event
from tests.loyalty.conftest import balance, buyer, sale

TARA = CustomerHint(mobile="09120000001")


def test_a_sale_earns_one_point_for_each_hundred_thousand_rial(sell, now):
    purchase_id = sell(999_999)
    lot = Lot.objects.get(id=purchase_id)
    assert (lot.earned_points, lot.remaining_points, lot.state) == (9, 9, "active")
    assert balance() == 9
    shown = points_for_purchases([purchase_id], now)[purchase_id]
    assert (shown.earned, shown.pending, shown.balance, shown.value_rial) == (9, 0, 9, 9_000)


def test_the_floor_is_taken_once_per_order(sell):
    """Three lines of 150,000 are 450,000: four points, not three (R2). Complaint 4.5."""
    assert Lot.objects.get(id=sell(3 * 150_000)).earned_points == 4


def test_the_part_paid_with_points_earns_nothing(sell):
    """Rule R4."""
    assert Lot.objects.get(id=sell(1_000_000, by_points=300_000)).earned_points == 7


def test_points_are_good_to_the_end_of_the_twelfth_jalali_month(sell, now):
    """Earned on 2 Azar 1405; gone with the first instant of 1 Dey 1406 in Tehran (R12)."""
    lot = Lot.objects.get(id=sell(1_000_000))
    assert lot.expires_at == datetime(2027, 12, 21, 20, 30, tzinfo=UTC)
    view = wallet_view(buyer(lot.id), now)
    assert (view.next_expiry_at, view.next_expiry_points) == (lot.expires_at, 10)


@pytest.mark.parametrize(
    ("earned", "gone"),
    [
        (
            datetime(2026, 12, 21, 20, 29, 59, tzinfo=UTC),
            datetime(2027, 12, 21, 20, 30, tzinfo=UTC),
        ),
        (datetime(2026, 12, 21, 20, 30, tzinfo=UTC), datetime(2028, 1, 20, 20, 30, tzinfo=UTC)),
    ],
)
def test_the_last_evening_of_a_month_is_of_that_month(sell, earned, gone):
    """30 Azar at 23:59:59 in Tehran ends with Azar, a second later with Dey (R12)."""
    assert Lot.objects.get(id=sell(1_000_000, at=earned)).expires_at == gone


def test_minimum_and_cap(sell, now):
    """Rule R3."""
    update_rule(
        points_num=1, points_den=100_000, minimum_rial=500_000, cap_points=20, actor=None, now=now
    )
    small, large = sell(499_999), sell(9_000_000)
    assert Lot.objects.get(id=small).earned_points == 0
    assert Lot.objects.get(id=large).earned_points == 20


def test_a_new_rate_leaves_earlier_points_alone(sell, now):
    """Rule R13."""
    before = sell(1_000_000)
    update_rule(points_num=2, points_den=100_000, actor=None, now=now)
    after = sell(1_000_000)
    assert [Lot.objects.get(id=one).earned_points for one in (before, after)] == [10, 20]
    versions = [Lot.objects.select_related("rule").get(id=one).rule for one in (before, after)]
    assert [rule.version for rule in versions if rule] == [1, 2]


def test_the_multiplier_works_on_the_unrounded_points(sell, now):
    """Silver earns 5/4: 1,090,000 rial are 10.9 points, 13.6 multiplied, 13 granted.

    R3. Complaint 4.5.
    """
    sell(30_000_000)
    assert Lot.objects.get(id=sell(1_090_000)).earned_points == 13


def test_amounts_near_the_limit_do_not_overflow(sell, now):
    update_rule(points_num=999_999_999, points_den=999_999_999, actor=None, now=now)
    assert Lot.objects.get(id=sell(99_999_999_999_999)).earned_points == 99_999_999_999_999


def test_pending_points_wait_for_their_day(sell, acting, now):
    """Rule R9."""
    update_program(changes={"pending_days": 7}, actor=None, now=now)
    purchase_id = sell(1_000_000)
    wallet = Wallet.objects.get()
    assert (wallet.balance_points, wallet.pending_points) == (0, 10)
    later = wallet_view(buyer(purchase_id), now + timedelta(days=7))
    assert (later.balance_points, later.pending_points) == (10, 0)


def test_a_sale_to_nobody_leaves_points_waiting(sell):
    lot = Lot.objects.get(id=sell(1_000_000, customer=None))
    assert (lot.state, lot.customer_id, lot.remaining_points) == ("contingent", None, 10)
    assert not Wallet.objects.exists()


def test_points_of_a_known_card_come_to_its_owner_once_known(sell, now):
    """Rule R9."""
    card = CardHint(masked_pan="603799******4431", hash="ab" * 32)
    waiting = sell(1_000_000, customer=CustomerHint(card=card))
    assert Lot.objects.get(id=waiting).state == "contingent"
    assert not Wallet.objects.exists()
    sell(500_000, customer=CustomerHint(card=card, mobile="09121234567"))
    assert Lot.objects.get(id=waiting).state == "contingent"
    accept_suggestion(suggestion_id=suggestion_rows().get().id, now=now)
    assert Lot.objects.get(id=waiting).state == "active"
    assert balance() == 15


def test_imported_history_earns_nothing_unless_asked(sell, now):
    assert not Lot.objects.filter(id=sell(1_000_000, source="import")).exists()
    update_program(changes={"retroactive": True}, actor=None, now=now)
    assert Lot.objects.get(id=sell(1_000_000, source="import")).earned_points == 10


def test_the_same_event_twice_earns_once(sell, acting, now):
    """Rule R42. Complaint 4.1."""
    purchase_id = sell(1_000_000)
    event = Event.objects.get(name="purchase.recorded")
    body = PurchaseRecorded.from_payload(event.payload)
    again = Recorded(event.id, acting.id, event.at, body)
    subscribers.earn([again], now=now)
    subscribers.earn([again], now=now + timedelta(minutes=1))
    assert LedgerEntry.objects.filter(purchase=purchase_id).count() == 1
    assert balance() == 10
    assert Wallet.objects.get().qualifying_rial == 1_000_000


def test_the_database_refuses_a_second_earning(sell, acting, now):
    """Rule R42."""
    purchase_id = sell(1_000_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            purchase_id=purchase_id, customer_id=buyer(purchase_id), kind="earn", points=1, at=now
        )


def test_hundreds_of_sales_take_one_statement(acting, now, monkeypatch):
    monkeypatch.setattr(subscribers, "post_earnings", lambda **_values: None)
    hints = [CustomerHint(mobile=f"0912000{n:04}") for n in range(100)]
    news = [sale(1_000_000, customer=hint, at=now) for hint in hints * 3]
    record_purchases(purchases=news, source="api", now=now)
    sales = [
        subscribers._sale(PurchaseRecorded.from_payload(event.payload))
        for event in Event.objects.filter(name="purchase.recorded")
    ]
    programme.terms()  # this process has seen the terms before
    with CaptureQueriesContext(connection) as captured:
        earning.post_earnings(sales=sales, now=now)
    statements = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 1
    assert Lot.objects.count() == 300
    assert set(Wallet.objects.values_list("balance_points", flat=True)) == {30}


def test_terms_changed_by_another_process_hold_at_once(sell, now):
    sell(1_000_000)
    remembered = dict(programme._last_seen)
    update_rule(points_num=2, points_den=100_000, minimum_rial=0, actor=None, now=now)
    programme._last_seen.update(remembered)
    assert Lot.objects.get(id=sell(1_000_000)).earned_points == 20


def test_history_earns_as_soon_as_another_process_lets_it(sell, now):
    sell(1_000_000)
    remembered = dict(programme._last_seen)
    update_program(changes={"retroactive": True}, actor=None, now=now)
    programme._last_seen.update(remembered)
    assert Lot.objects.get(id=sell(1_000_000, source="import")).earned_points == 10


def test_a_balance_below_zero_is_repaid_from_new_lots_oldest_first(sell, take_return, now):
    first = sell(2_500_000, customer=TARA)
    held = reserve_redemption(customer_id=buyer(first), points=25, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    take_return(first)
    assert balance() == -25
    news = [
        sale(amount, customer=TARA, at=now - timedelta(minutes=minutes))
        for amount, minutes in ((2_000_000, 1), (1_000_000, 3), (50_000, 2))
    ]
    record_purchases(purchases=news, source="api", now=now)
    lots = [Lot.objects.get(base_rial=rial) for rial in (2_000_000, 1_000_000, 50_000)]
    assert [(lot.remaining_points, lot.state) for lot in lots] == [
        (5, "active"),
        (0, "consumed"),
        (0, "consumed"),
    ]
    assert balance() == 5
    repaid = LedgerEntry.objects.filter(kind="repay")
    assert sorted((one.lot_id is None, one.points) for one in repaid) == [
        (False, -15),
        (False, -10),
        (True, 10),
        (True, 15),
    ]


def test_a_batch_for_one_customer_adds_up(acting, now):
    news = [sale(250_000, customer=TARA, at=now) for _ in range(40)]
    record_purchases(purchases=news, source="api", now=now)
    assert balance() == 80
    assert Wallet.objects.get().qualifying_rial == 10_000_000


def test_a_failing_ledger_leaves_the_sale_standing(business, now, monkeypatch, caplog):
    def fail(**_values):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(subscribers, "post_earnings", fail)
    with acting_for(business.id):
        [outcome] = record_purchases(
            purchases=[sale(1_000_000, customer=TARA, at=now)], source="api", now=now
        )
        assert outcome.purchase_id is not None
        assert not Lot.objects.exists()
        owed = Delivery.objects.get(subscriber="loyalty.earn")
        assert "ZeroDivision" in owed.last_error or "division by zero" in owed.last_error
    monkeypatch.undo()
    with acting_for(business.id):
        event = Event.objects.get(id=owed.event_id)
        body = PurchaseRecorded.from_payload(event.payload)
        later = now + timedelta(minutes=5)
        subscribers.earn([Recorded(event.id, business.id, event.at, body)], now=later)
        assert balance() == 10


def test_a_return_before_the_points_is_not_forgotten(sell, take_return, acting, now, monkeypatch):
    """Rule R26."""
    monkeypatch.setattr(subscribers, "post_earnings", lambda **_values: None)
    purchase_id = sell(1_000_000)
    take_return(purchase_id, 400_000)
    monkeypatch.undo()
    event = Event.objects.get(name="purchase.recorded")
    body = PurchaseRecorded.from_payload(event.payload)
    later = now + timedelta(minutes=5)
    subscribers.earn([Recorded(event.id, acting.id, event.at, body)], now=later)
    assert balance() == 6


def test_tiers_rise_at_once_and_count_purchases_not_points(sell, now):
    """Rules R28, R33. Complaint 4.7."""
    sell(29_999_999)
    customer = Wallet.objects.get().id
    assert tier_of([customer])[customer].name == tiers()[0].name
    assert tier_of([customer])[customer].needed_to_rise_rial == 1
    sell(1)
    assert tier_of([customer])[customer].name == tiers()[1].name
    sell(70_000_000)
    assert CustomerTier.objects.select_related("tier").get().tier.name == tiers()[2].name
    assert Event.objects.filter(name="tier.changed").count() == 2


def test_a_preview_tells_what_the_sale_then_earns(sell, now):
    purchase_id = sell(31_000_000)
    expected = preview(
        total_rial=1_090_000, eligible_rial=1_090_000, customer_id=buyer(purchase_id), now=now
    )
    assert expected.earn_points == Lot.objects.get(id=sell(1_090_000)).earned_points
    assert expected.spendable_points == 310
    assert expected.spendable_rial == 310_000


def test_a_preview_never_spends_more_than_the_basket(sell, now):
    """Rule R5."""
    purchase_id = sell(100_000_000)
    shown = preview(
        total_rial=12_500, eligible_rial=12_500, customer_id=buyer(purchase_id), now=now
    )
    assert (shown.spendable_points, shown.spendable_rial) == (12, 12_000)


def test_an_unknown_customer_has_an_empty_wallet(acting, now):
    view = wallet_view(new_id(), now)
    assert (view.balance_points, view.value_rial, view.is_negative) == (0, 0, False)


def test_a_profile_completed_by_hand_brings_the_waiting_points(sell, now):
    card = CardHint(masked_pan="603799******4431", hash="cd" * 32)
    waiting = sell(1_000_000, customer=CustomerHint(card=card))
    customer = buyer(waiting)
    update_customer(customer_id=customer, name="نگار", now=now)
    assert Lot.objects.get(id=waiting).state == "contingent"
    update_customer(customer_id=customer, mobile="09123334455", now=now)
    assert Lot.objects.get(id=waiting).state == "active"
    assert balance() == 10
    update_customer(customer_id=customer, mobile="09123334456", now=now)
    assert balance() == 10
