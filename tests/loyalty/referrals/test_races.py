"""Friends who come at once, and a return while the worker rewards."""

from datetime import timedelta
from functools import partial

from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from loyalty.enums import ReferralState
from loyalty.models import LedgerEntry, Referral, ReferralOffer
from loyalty.operations import sweep_business
from loyalty.operations.referrals import referral_code_for
from loyalty.queries import program
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.referrals.conftest import ANNA, WEEK, offer


def buy(business, now, mobile, code=""):
    new = NewPurchase(
        external_id=str(new_id()),
        channel="till",
        customer=CustomerHint(mobile=mobile),
        tenders=(NewTender(method="cash", amount_rial=600_000),),
        referral_code=code,
    )
    with acting_for(business.id):
        [outcome] = record_purchases(purchases=[new], source="till", now=now)
    assert outcome.error is None
    return outcome


def opened(business, now, **changes):
    with acting_for(business.id):
        offer(now, **changes)
    anna = buy(business, now - timedelta(days=30), ANNA).customer_id
    with acting_for(business.id):
        return anna, referral_code_for(customer_id=anna, now=now)


def test_friends_at_once_never_go_beyond_the_budget(committed, business, now, in_parallel):
    """R49."""
    with acting_for(business.id):
        current = program()
    assert current is not None
    unit = current.unit_value_rial
    _anna, code = opened(business, now, budget_rial=3 * 70 * unit)
    in_parallel(*(partial(buy, business, now, f"0912600000{n}", code) for n in range(8)))
    with acting_for(business.id):
        assert Referral.objects.filter(state=ReferralState.RUNNING).count() == 3
        assert ReferralOffer.objects.get().used_rial == 3 * 70 * unit
        assert broken(now + FAR) == []


def test_returns_and_rewards_at_once_agree(committed, business, now, in_parallel):
    """R27, R48: whichever comes first, nobody keeps points for what is back."""
    anna, code = opened(business, now)
    sold = [buy(business, now, f"0912600000{n}", code).purchase_id for n in range(6)]

    def act(n):
        with acting_for(business.id):
            if n < len(sold):
                record_return(purchase_id=sold[n], external_id=f"r{n}", now=now + WEEK)
            else:
                sweep_business(now=now + WEEK)

    in_parallel(*(partial(act, n) for n in range(10)))
    with acting_for(business.id):
        sweep_business(now=now + 2 * WEEK)
        rows = LedgerEntry.objects.filter(customer=anna, data__has_key="referral")
        assert sum(rows.values_list("points", flat=True)) == 0
        assert ReferralOffer.objects.get().used_rial == 0
        assert broken(now + FAR) == []
