"""Loyalty and sales at a glance over HTTP (C013): the same numbers as the ledger and the sales."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from loyalty.models import LedgerEntry, Wallet


@pytest.fixture
def sold(business):
    """Three sales of two people, of whom one comes again."""
    now = timezone.now()
    sales = [
        NewPurchase(
            external_id=f"inv-{n}",
            channel="pos",
            occurred_at=now - timedelta(days=n, minutes=1),
            customer=CustomerHint(mobile=mobile),
            tenders=(NewTender(method="cash", amount_rial=1_000_000),),
        )
        for n, mobile in enumerate(("09121234567", "09121234567", "09127654321"))
    ]
    with acting_for(business.id):
        record_purchases(purchases=sales, source="api", now=now)


def test_c013_one_look_tells_what_the_ledger_and_the_sales_say(api, business, sold):
    told = api.get("reports/overview?days=7").json()
    assert told["sales"] == {
        "net": 3_000_000,
        "purchases": 3,
        "customers": 2,
        "again": 1,
        "repeat_rate": 0.5,
    }
    points = told["points"]
    with acting_for(business.id):
        entries = list(LedgerEntry.objects.all())
        balances = sum(Wallet.objects.values_list("balance_points", flat=True))
    grew = points["earned"] + points["adjusted"] - points["spent"]
    grew -= points["expired"] + points["taken_back"]
    assert grew == sum(one.points + one.pending_points for one in entries)
    assert points["spendable"] == balances
    assert points["owed_rial"] > 0
    assert told["satisfaction"]["nps"] is None
    assert set(told["rows"]) == {"sales", "points", "satisfaction", "at_risk", "today"}


def test_a_new_business_has_nothing_to_show(api):
    told = api.get("reports/overview").json()
    assert told["sales"]["repeat_rate"] is None
    assert (told["points"]["members"], told["at_risk"]["customers"]) == (0, 0)


@pytest.mark.parametrize("days", ["0", "x", "367", "-1", "٣"])
def test_days_that_are_none_are_refused(api, days):
    assert api.get(f"reports/overview?days={days}").json()["code"] == "invalid_days"


def test_every_part_names_where_its_rows_are(api, sold):
    for path in api.get("reports/overview").json()["rows"].values():
        assert api.get(path).status_code == 200, path
