"""A friend says at a terminal who told them, at once or late (C073)."""

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import CustomerHint, find_or_create
from loyalty.enums import ReferralSource, ReferralState
from loyalty.models import Referral
from loyalty.operations.referrals import referral_code_for
from loyalty.operations.till.values import Accrual, digest_of
from tests.loyalty.pos.test_batch import row, send
from tests.loyalty.referrals.conftest import ANNA, offer

__all__ = ["send"]
pytestmark = pytest.mark.django_db
# What a sale under the number 1 was known by before.
OLD = bytes.fromhex("2b96f453debb3ce7d710e14b7987665f")


@pytest.fixture
def code(business):
    now = timezone.now()
    with acting_for(business.id):
        offer(now)
        who = find_or_create(customer=CustomerHint(mobile=ANNA), source="api", now=now)
        return referral_code_for(customer_id=who.customer_id, now=now)


def test_a_code_named_at_a_terminal_is_kept_and_the_sale_told_again_is_the_same(
    till, business, code
):
    first = till.sell("0001", referral_code=code)
    assert till.sell("0001", referral_code=code) == first
    with acting_for(business.id):
        kept = Referral.objects.get()
    assert (kept.state, kept.source) == (ReferralState.RUNNING, ReferralSource.TILL)
    other = till.post("accrue", **till.sale("0001", referral_code=""))
    assert (other.status_code, other.json()["code"]) == (409, "transaction_conflict")


def test_a_code_nobody_has_is_refused_and_late_left_out(till, send, business, code):
    wrong = till.post("accrue", **till.sale("0001", referral_code="NOBODY"))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_referral_code")
    told = send(
        row(1, accrue=till.sale("0002", referral_code="NOBODY")),
        row(2, accrue=till.sale("0003", mobile=None, referral_code=code)),
        row(3, accrue=till.sale("0004", mobile="09125555555", referral_code=code)),
    )
    notes = [one["transaction"]["notes"] for one in told["results"]]
    assert notes == [["referral_left_out"], ["referral_left_out"], []]
    with acting_for(business.id):
        assert Purchase.objects.count() == 3
        assert Referral.objects.count() == 1


def test_what_devices_said_before_there_were_codes_is_still_the_same():
    assert digest_of(Accrual(number="1")) == OLD
    assert digest_of(Accrual(number="1")) != digest_of(Accrual(number="1", referral_code="A"))
