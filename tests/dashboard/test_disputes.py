"""N1: a manager looks at what customers say is not theirs, and decides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Purchase, PurchaseDispute
from loyalty.operations.disputes import dispute_purchase


@pytest.fixture
def disputed(shop):
    """Return a function that sells to people who say it was not them."""

    def make(people=1, *, first=0):
        made = []
        for place in range(first, first + people):
            sold = shop.sell(f"0912000{place:04}", rial=3_000_000)
            with acting_for(shop.business.id):
                told = dispute_purchase(
                    customer_id=sold.customer_id,
                    purchase_id=sold.purchase_id,
                    words="کارت من نیست",
                    now=timezone.now(),
                )
            made.append(told)
        return made

    return make


def test_n1_the_evidence_is_in_sight_and_linked(shop, owner_client, disputed, text_of):
    quiet = text_of(owner_client.get(shop.url("customers/")))
    assert shop.url("customers/disputes/") not in quiet
    assert "این‌جا چیزی نیست" in text_of(owner_client.get(shop.url("customers/disputes/")))
    disputed()
    assert shop.url("customers/disputes/") in text_of(owner_client.get(shop.url("customers/")))
    page = text_of(owner_client.get(shop.url("customers/disputes/")))
    assert "کارت من نیست" in page
    assert "۳۰۰٬۰۰۰" in page
    assert "لاته" in page
    assert "پیش از آن شناخته نبود" in page
    alerts = text_of(owner_client.get(shop.url("alerts/")))
    assert shop.url("customers/disputes/") in alerts


def test_n1_a_manager_decides_once(shop, owner_client, disputed, text_of):
    told, kept = disputed(2)
    decide = shop.url(f"customers/disputes/{told}/decide/")
    done = owner_client.post(decide, {"verdict": "not_theirs"}, follow=True)
    assert "دیگر از او نیست" in text_of(done)
    with acting_for(shop.business.id):
        row = PurchaseDispute.objects.get(id=told)
        assert (row.state, row.decided_by) == ("not_theirs", "مریم")
        assert Purchase.objects.get(id=row.purchase_id).customer_id is None
    again = owner_client.post(decide, {"verdict": "not_theirs"}, follow=True)
    assert "پیش‌تر تصمیم گرفته شده" in text_of(again)
    other = shop.url(f"customers/disputes/{kept}/decide/")
    bare = owner_client.post(other, {"verdict": "theirs"}, follow=True)
    assert "حداکثر هزار حرف" in text_of(bare)
    done = owner_client.post(other, {"verdict": "theirs", "answer": "امضا دارد"}, follow=True)
    assert "از خودش ماند" in text_of(done)
    page = text_of(owner_client.get(shop.url("customers/disputes/?state=theirs")))
    assert "امضا دارد" in page
    story = text_of(owner_client.get(shop.url(f"customers/{row.customer_id}/")))
    assert "دربارهٔ خریدی که گفته بود" in story


def test_n1_cashiers_decide_nothing(shop, client_as, disputed):
    (told,) = disputed()
    cashier = client_as("cashier")
    assert cashier.get(shop.url("customers/disputes/")).status_code == 403
    decide = shop.url(f"customers/disputes/{told}/decide/")
    assert cashier.post(decide, {"verdict": "not_theirs"}).status_code == 403


def test_n1_a_page_costs_the_same_for_one_row_and_for_three(shop, owner_client, disputed):
    path, counts = shop.url("customers/disputes/"), []
    for first, people in ((0, 1), (1, 2)):
        disputed(people, first=first)
        owner_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
