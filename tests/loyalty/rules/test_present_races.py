"""Presents on real connections: used and taken back at once, given by many tills (N8, R41, R49)."""

from functools import partial

from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, record_return
from loyalty.models import CouponUse, GiftCard, RuleMeter, RulePresent
from loyalty.operations.coupons import reserve_coupon
from loyalty.queries.invariants import broken
from loyalty.queries.rules.presents import presents_of_purchases
from tests.loyalty.conftest import FAR, buyer
from tests.loyalty.coupons.conftest import basket as wanted
from tests.loyalty.coupons.conftest import record as record_one
from tests.loyalty.coupons.conftest import sale_of
from tests.loyalty.coupons.test_races import attempt
from tests.loyalty.rules.conftest import basket, put, record
from tests.loyalty.rules.test_presents import COFFEE, gift_rule, item_rule


def sell(business_id, now, number):
    with acting_for(business_id):
        hint = CustomerHint(mobile=f"0912000{number:04}")
        return record(basket(COFFEE, customer=hint, at=now), now=now)


def give_back(purchase_id, now, key):
    record_return(purchase_id=purchase_id, external_id=key, now=now)


def test_r49_many_tills_give_a_budgets_presents_and_no_more(in_parallel, business, now):
    with acting_for(business.id):
        put(gift_rule(100_000, budget_rial=350_000), now=now)
    in_parallel(*[partial(sell, business.id, now, number) for number in range(12)])
    with acting_for(business.id):
        assert RulePresent.objects.count() == GiftCard.objects.count() == 3
        assert RuleMeter.objects.get().used == 300_000
        assert broken(now + FAR) == []


def test_r41_a_present_is_used_or_taken_back_first_and_nobody_waits_for_ever(
    in_parallel, business, now
):
    """N8: whoever comes first, the coupon is spent once or refused, and the sums hold."""
    with acting_for(business.id):
        put(item_rule(), now=now)
        [earned] = record(basket(COFFEE, at=now), now=now)
        [item] = presents_of_purchases([earned])[earned]
        of = wanted((400_000, "شیرینی"), (600_000, "نوشیدنی"), customer_id=buyer(earned))
        use, told = reserve_coupon(code=item.code, basket=of, now=now)

    def spend():
        outcome = record_one(sale_of(use.id, of, told.of_lines), now)
        return outcome.error.code if outcome.error else "sold"

    key = str(new_id())
    works = [
        partial(attempt, business.id, spend),
        partial(attempt, business.id, partial(give_back, earned, now, key)),
    ]
    outcomes = in_parallel(*works)
    with acting_for(business.id):
        assert RulePresent.objects.get(purchase=earned).state == "taken_back"
        spent = CouponUse.objects.get().state == "committed"
        assert outcomes[0] == ("sold" if spent else "coupon_taken_back")
        assert RulePresent.objects.get(purchase=earned).undone.get("used", False) == spent
        assert broken(now + FAR) == []
