"""Shop, app and till that tell at once: each thing once, and never beyond a customer's share."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from loyalty.enums import CapSpan
from loyalty.models import Engagement, Wallet
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.engagement.test_engagement import START, count, known, points, tell


def test_many_at_once_never_go_beyond_the_share(committed, business, in_parallel):
    with acting_for(business.id):
        count(most_times=3, span=CapSpan.DAY)
        sara = known()

    def one(n):
        with acting_for(business.id):
            return tell(sara, f"r-{n}").points

    told = in_parallel(*(partial(one, n) for n in range(10)))
    with acting_for(business.id):
        assert sorted(told) == [0] * 7 + [15] * 3
        assert points(sara) == 45
        assert broken(START + FAR) == []


def test_one_reference_told_of_many_at_once_is_one_persons(committed, business, in_parallel):
    with acting_for(business.id):
        count(most_times=100)
        people = [known(f"0912000000{n}", f"مشتری {n}") for n in range(3)]

    def one(n):
        try:
            with acting_for(business.id):
                tell(people[n % 3], "r-1")
        except Problem as problem:
            return problem.code
        return "noted"

    told = in_parallel(*(partial(one, n) for n in range(9)))
    with acting_for(business.id):
        assert sorted(told) == ["engagement_taken"] * 6 + ["noted"] * 3
        assert Engagement.objects.get().points == 15
        assert sum(Wallet.objects.values_list("balance_points", flat=True)) == 15
        assert broken(START + FAR) == []
