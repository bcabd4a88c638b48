"""N1: the customer is told what was decided of a purchase they said is not theirs."""

from typing import Any

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Customer, Purchase, PurchaseDispute
from customers.queries.own_page import page_url
from loyalty.operations.disputes import decide_dispute, dispute_purchase
from messaging.enums import Purpose
from messaging.models import Message

pytestmark = pytest.mark.django_db

_SECRET = "رسید امضای همسرتان را دارد"


@pytest.fixture
def decided(sara: Any, business: Any) -> Any:
    """Return a function that disputes a purchase of hers and decides it; returns the dispute."""

    def done(*, is_theirs: bool) -> PurchaseDispute:
        with acting_for(business.id):
            bought = Purchase.objects.get(customer_id=sara.id)
            at = timezone.now()
            told = dispute_purchase(
                customer_id=sara.id, purchase_id=bought.id, words="من نبودم", now=at
            )
            assert not Message.objects.filter(ref_kind="dispute").exists()
            decide_dispute(dispute_id=told, is_theirs=is_theirs, answer=_SECRET, actor=None, now=at)
            return PurchaseDispute.objects.get()

    return done


@pytest.mark.parametrize(
    ("is_theirs", "says"), [(True, "به نام شما می‌ماند"), (False, "حق با شما بود")]
)
def test_n1_the_decision_is_texted_once_without_its_reason(
    decided, sara, business, is_theirs, says
):
    row = decided(is_theirs=is_theirs)
    with acting_for(business.id):
        sms, page = Message.objects.get(ref_kind="dispute"), page_url(sara.id)
    assert (sms.purpose, sms.address, sms.ref_id) == (
        Purpose.TRANSACTIONAL,
        sara.mobile,
        row.id,
    )
    assert says in sms.body
    assert "۲۰۰٬۰۰۰ تومان" in sms.body
    assert page in sms.body
    assert _SECRET not in sms.body
    assert "لغو۱۱" not in sms.body


def test_n1_who_left_no_mobile_since_reads_it_on_their_page(decided, sara, business):
    with acting_for(business.id):
        Customer.objects.filter(id=sara.id).update(mobile=None)
    row = decided(is_theirs=False)
    with acting_for(business.id):
        assert row.decided_at is not None
        assert not Message.objects.filter(ref_kind="dispute").exists()
