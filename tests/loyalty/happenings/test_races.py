"""Many things at once: a budget holds to the rial, one thing is judged once (R41, R43, R49)."""

from functools import partial
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.tenancy import acting_for
from loyalty.models import GiftCard, Happening, RuleMeter
from loyalty.operations.engagement import take_engagement_back
from loyalty.operations.happenings import welcome
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.engagement.test_engagement import START
from tests.loyalty.happenings.conftest import after, person, points, tell
from tests.loyalty.happenings.test_presents import card
from tests.loyalty.rules.conftest import put
from tests.loyalty.test_tier_history import MANY


def test_r49_twelve_events_at_once_never_go_beyond_a_budget(committed, business, in_parallel):
    """R49: points and gift cards; two budgets, twelve customers, whoever comes first."""
    with acting_for(business.id):
        put(after(points=4, budget_rial=30_000), card(budget_rial=500_000), now=START)
        people = [person(f"091200000{n:02}") for n in range(12)]

    def one(n):
        with acting_for(business.id):
            return tell(people[n], f"f-{n}").points

    told = in_parallel(*(partial(one, n) for n in range(12)))
    with acting_for(business.id):
        assert sorted(told) == [0] * 4 + [2] + [4] * 7
        assert sorted(RuleMeter.objects.values_list("used", flat=True)) == [30_000, 400_000]
        assert GiftCard.objects.count() == 2
        assert broken(START + FAR) == []


def test_r42_joining_told_many_times_at_once_is_welcomed_once(committed, business, in_parallel):
    with acting_for(business.id):
        put(after("joined", points=30), now=START)
        sara = person()

    def one():
        with acting_for(business.id):
            welcome(customer_id=sara, joined_at=START, now=START)

    in_parallel(*[one] * 8)
    with acting_for(business.id):
        assert (Happening.objects.count(), points(sara)) == (1, 30)
        assert broken(START + FAR) == []


def test_r41_given_and_taken_back_at_once_never_wait_in_a_circle(committed, business, in_parallel):
    with acting_for(business.id):
        put(after(points=4, budget_rial=80_000), card(budget_rial=2_000_000), now=START)
        people = [person(f"091200000{n:02}") for n in range(4)]
        rows = [tell(who, f"b-{n}").reference for n, who in enumerate(people)]

    def give(n):
        with acting_for(business.id):
            tell(people[n % 4], f"g-{n}")

    def take(n):
        with acting_for(business.id):
            take_engagement_back(engagement_id=UUID(rows[n]), now=START)

    works = [partial(give, n) for n in range(6)] + [partial(take, n) for n in range(4)]
    in_parallel(*works)
    with acting_for(business.id):
        assert sorted(RuleMeter.objects.values_list("used", flat=True)) == [24_000, 1_200_000]
        assert broken(START + FAR) == []


@MANY
@given(
    moves=st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8),
    budget=st.integers(0, 60),
    share=st.integers(1, 25),
)
def test_any_history_of_telling_and_taking_back_is_plain_arithmetic(acting, moves, budget, share):
    """R49: what is left of budget and share decides; what is taken back makes room again."""
    rule = after(points=10, budget_rial=budget * 1_000, customer_cap_points=share)
    put(rule, now=START)
    mark = f"{rule.key.int % 10**6:06}"
    people = [person(f"09{n}3{mark}1") for n in range(1, 4)]
    stands: dict[str, tuple[int, int]] = {}
    for n, (who, back) in enumerate(moves):
        if back and stands:
            reference = next(iter(stands))
            take_engagement_back(engagement_id=UUID(reference), now=START)
            del stands[reference]
            continue
        at = who % len(people)
        had = sum(gave for whose, gave in stands.values() if whose == at)
        spent = sum(gave for _whose, gave in stands.values())
        row = tell(people[at], f"{rule.key}-{n}")
        assert row.points == max(0, min(10, share - had, budget - spent))
        stands[row.reference] = (at, row.points)
    for at, who in enumerate(people):
        assert points(who) == sum(gave for whose, gave in stands.values() if whose == at)
    assert broken(START + FAR) == []
