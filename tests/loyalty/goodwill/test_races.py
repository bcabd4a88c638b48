"""Tills that give at once: exactly what somebody may give is given."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from loyalty.models import Goodwill, GoodwillMeter, Wallet
from loyalty.operations.goodwill import What, give_goodwill
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.goodwill.conftest import MINA, UNIT, WHY, allow, known


def test_many_tills_give_exactly_the_budget(committed, business, now, in_parallel):
    """C078: twelve grants of 15 points at once, to three customers, of a hundred points."""
    with acting_for(business.id):
        allow(now)
        people = [known(now, f"0912000000{n}") for n in range(3)]

    def give(n):
        try:
            with acting_for(business.id):
                give_goodwill(
                    customer_id=people[n % 3],
                    what=What(points=15),
                    reason=WHY,
                    giver=MINA,
                    now=now,
                )
        except Problem as problem:
            return problem.code
        return "given"

    told = in_parallel(*(partial(give, n) for n in range(12)))
    with acting_for(business.id):
        assert sorted(told) == ["given"] * 6 + ["goodwill_used_up"] * 6
        assert GoodwillMeter.objects.get().used_rial == 90 * UNIT
        assert sum(Goodwill.objects.values_list("points", flat=True)) == 90
        assert sum(Wallet.objects.values_list("balance_points", flat=True)) == 90
        assert broken(now + FAR) == []


def test_the_same_grant_at_once_is_one(committed, business, now, in_parallel):
    with acting_for(business.id):
        allow(now)
        sara = known(now)

    def give():
        with acting_for(business.id):
            give_goodwill(
                customer_id=sara,
                what=What(points=40),
                reason=WHY,
                giver=MINA,
                now=now,
                goodwill_id=MINA.id,
            )

    in_parallel(*(give for _till in range(6)))
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 40
        assert GoodwillMeter.objects.get().used_rial == 40 * UNIT
