"""What returns cost, by hand: money, fees, points, on the business's days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    find_or_create,
    record_purchases,
    record_return,
)
from loyalty.enums import EntryKind
from loyalty.models import LedgerEntry, Program
from loyalty.queries.return_cost import return_cost
from payments.enums import PaymentState
from payments.enums.refunds import RefundState, TransferKind
from payments.models import Payment, PaymentAttempt, ProviderAccount, Transfer

BUYER = CustomerHint(mobile="09121234567")
TEHRAN = ZoneInfo("Asia/Tehran")
# Aban and Azar 1405.
MONTHS = [date(2026, 10, 23), date(2026, 11, 22)]
UNTIL = date(2026, 12, 22)
AZAR = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)


class Returns:
    """Sales that came back, money that went back and points that were taken."""

    def __init__(self, business, now):
        self.business, self.now = business, now

    def returned(self, at, *, rial=None, skus=(), reason=""):
        lines = (
            NewLine(sku="milk", category="خوراکی", unit_price_rial=300_000),
            NewLine(sku="lamp", unit_price_rial=700_000),
        )
        new = NewPurchase(
            external_id=str(new_id()),
            channel="pos",
            occurred_at=AZAR - timedelta(days=3),
            lines=lines,
        )
        with acting_for(self.business.id):
            (outcome,) = record_purchases(purchases=[new], source="test", now=self.now)
            assert outcome.purchase_id is not None
            record_return(
                purchase_id=outcome.purchase_id,
                external_id=str(new_id()),
                amount_rial=rial,
                lines=[NewReturnLine(sku=sku) for sku in skus],
                occurred_at=at,
                reason=reason,
                now=self.now,
            )

    def refunded(self, at, *, rial, fee, route="gateway", sending=0, of=1_000_000):
        with acting_for(self.business.id):
            payment = Payment.objects.create(
                external_id=str(new_id()),
                amount_rial=of,
                state=PaymentState.SETTLED,
                pay_token=str(new_id()),
                created_at=at,
                expires_at=at,
                settled_at=at,
            )
            attempt = PaymentAttempt.objects.create(
                payment=payment,
                account=ProviderAccount.objects.get(),
                number=1,
                state="confirmed",
                callback_token=str(new_id()),
                sent_amount=of,
                fee_rial=fee,
                wire_unit="IRR",
                adapter_version="test",
                started_at=at,
            )
            Transfer.objects.create(
                kind=TransferKind.REFUND,
                payment=payment,
                attempt=attempt,
                external_id=str(new_id()),
                fingerprint="",
                route=route,
                destination="same_card",
                state=RefundState.PAID,
                amount_rial=rial,
                paid_rial=rial,
                fee_rial=sending,
                reason="damaged",
                requested_at=at,
                paid_at=at,
            )

    def points(self, at, *, taken=0, pending=0, owed=0, forgiven=0):
        with acting_for(self.business.id):
            buyer = find_or_create(customer=BUYER, source="test", now=self.now)
            LedgerEntry.objects.create(
                kind=EntryKind.CLAWBACK,
                customer_id=buyer.customer_id,
                points=-taken - owed,
                pending_points=-pending,
                at=at,
                data={"owed": owed, "forgiven": forgiven} if owed or forgiven else {},
            )


@pytest.fixture
def returns(business, now) -> Returns:
    with acting_for(business.id):
        Program.objects.update(unit_value_rial=100)
    return Returns(business, now)


def _cost(business):
    with acting_for(business.id):
        return return_cost(MONTHS, until=UNTIL, zone=TEHRAN)


def test_the_cost_by_hand(returns: Returns, business):
    returns.returned(AZAR, skus=["milk"], reason="damaged")
    returns.returned(AZAR - timedelta(seconds=1), skus=["milk", "lamp"], reason="quality")
    returns.returned(AZAR, rial=50_000)
    # A third of a payment goes back: a third of its fee, rounded down, stays gone.
    returns.refunded(AZAR, rial=300_000, fee=10_000, sending=5_000, of=900_000)
    returns.refunded(AZAR, rial=1_000_000, fee=10_000, route="reverse")
    returns.points(AZAR, taken=30, pending=10)
    returns.points(AZAR - timedelta(seconds=1), owed=5, forgiven=7)
    told = _cost(business)
    assert (told.returned.sold_rial, told.returned.rial, told.returned.count) == (
        3_000_000,
        1_350_000,
        3,
    )
    assert [(one.category, one.rial) for one in told.returned.by_category] == [
        ("", 700_000),
        ("خوراکی", 600_000),
    ]
    assert told.returned.bare_rial == 50_000
    assert (told.taken_rial, told.sending_rial) == (3_333, 5_000)
    assert (told.points_taken, told.points_owed, told.points_unrecoverable) == (45, 5, 7)
    assert told.lost_rial == 3_333 + 5_000 + 700
    assert told.results_rial == 4_500 - 1_350_000 - 5_000
    aban, azar = told.months
    assert (aban.returned_rial, aban.fees_rial, aban.points_unrecoverable) == (1_000_000, 0, 7)
    assert (azar.returned_rial, azar.fees_rial, azar.points_taken) == (350_000, 8_333, 40)


def test_over_http(returns: Returns, api, business, now):
    at = now - timedelta(hours=1)
    returns.returned(at, skus=["milk"], reason="damaged")
    returns.refunded(at, rial=300_000, fee=10_000, of=1_000_000)
    told = api.get("reports/return-cost", {"months": "1"}).json()
    assert told["reasons"] == [
        {"reason": "damaged", "count": 1, "returned": 300_000, "fees": 3_000}
    ]
    assert told["categories"] == [{"category": "خوراکی", "returned": 300_000}]
    assert [one["month"] for one in told["months"]] == ["1405-09"]
    assert len(api.get("reports/return-cost", {"months": "x"}).json()["months"]) == 6
    assert len(api.get("reports/return-cost", {"months": "99"}).json()["months"]) == 24


def test_page_and_report_cost_the_same_for_one_return_and_three(
    returns: Returns, api, owner_client, business, now, django_assert_max_num_queries
):
    def cost() -> tuple[int, int]:
        with django_assert_max_num_queries(100) as page:
            address = f"/b/{business.slug}/reports/returns/"
            assert owner_client.get(address).status_code == 200
        with django_assert_max_num_queries(100) as report:
            assert api.get("reports/return-cost").status_code == 200
        return len(page), len(report)

    at = now - timedelta(hours=1)
    returns.returned(at, skus=["milk"], reason="damaged")
    returns.refunded(at, rial=300_000, fee=10_000)
    cost()
    one = cost()
    for reason in ("quality", "هدیه"):
        returns.returned(at, skus=["lamp"], reason=reason)
        returns.refunded(at, rial=300_000, fee=10_000)
    assert cost() == one


def test_without_returns_the_page_teaches(owner_client, business):
    page = owner_client.get(f"/b/{business.slug}/reports/returns/").content.decode()
    assert "empty-state" in page
