"""Services without a price (C048): to whom, how often, what they cost, and no more than that."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.calendar import Jalali
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create, merge_customers
from loyalty.enums import ExitWay
from loyalty.enums.benefits import BenefitKind
from loyalty.models import BenefitGiven, LedgerEntry, Tier
from loyalty.operations.benefits import NewBenefit, close_benefit, give_benefit, offer_benefit
from loyalty.operations.leaving import leave_club
from loyalty.queries.benefits import benefit_sums, benefits_of
from tests.loyalty.test_activity import day

NOW = day(1405, 9, 7, hour=12)


def offer(name="کادوپیچی", now=NOW, **more):
    new = NewBenefit(
        **{"name": name, "kind": BenefitKind.WRAPPING, "unit_cost_rial": 50_000, **more}
    )
    return offer_benefit(new=new, actor=None, now=now)


def someone(mobile="09121234567"):
    return find_or_create(customer=CustomerHint(mobile=mobile), source="t", now=NOW).customer_id


def give(row, who, now=NOW, **more):
    return give_benefit(benefit_id=row.id, customer_id=who, by="t", now=now, **more)


def code_of(call, **named):
    with pytest.raises(Problem) as caught:
        call(**named)
    return caught.value.code


def test_one_is_given_and_its_cost_is_written_down(acting):
    """Capability C048: value is added, no price moves, and no points do."""
    row, who = offer(), someone()
    [mine] = benefits_of(who, NOW)
    assert (mine.benefit, mine.left, mine.is_there) == (row, None, True)
    given = give(row, who)
    assert (given.number, given.cost_rial, given.month) == (1, 50_000, Jalali(1405, 9, 1).to_date())
    offer(unit_cost_rial=70_000)
    assert give(row, who).cost_rial == 70_000
    told = benefit_sums()[row.id]
    assert (told.times, told.customers, told.cost_rial) == (2, 1, 120_000)
    assert not LedgerEntry.objects.exists()


def test_a_month_allows_so_many_and_the_next_begins_anew(acting):
    row, who = offer(most_each=2), someone()
    give(row, who)
    give(row, who)
    assert benefits_of(who, NOW)[0].left == 0
    assert code_of(give, row=row, who=who) == "benefit_used_up"
    later = day(1405, 10, 1, hour=0)
    assert benefits_of(who, later)[0].left == 2
    assert give(row, who, later).number == 1
    last_minute = later - timedelta(seconds=1)
    assert code_of(give, row=row, who=who, now=last_minute) == "benefit_used_up"


def test_a_higher_tiers_is_not_for_those_below(acting, sell):
    """Capability C048: a tier is worth more than its points."""
    top = Tier.objects.order_by("-threshold_rial")[0]
    row, who = offer("بدون صف", tier_id=top.id, kind=BenefitKind.PRIORITY), someone()
    assert benefits_of(who, NOW) == []
    assert code_of(give, row=row, who=who) == "benefit_not_theirs"
    sell(top.threshold_rial, at=NOW)
    assert [one.benefit for one in benefits_of(who, NOW)] == [row]
    assert give(row, who).number == 1


def test_the_same_press_twice_is_one(acting):
    row, who = offer(), someone()
    first = give(row, who)
    assert give(row, who, given_id=first.id).id == first.id
    assert BenefitGiven.objects.count() == 1


def test_who_left_the_club_and_what_is_closed_have_none(acting, sell):
    row, who = offer(), someone()
    sell(1_000_000, at=NOW)
    leave_club(customer_id=who, way=ExitWay.STAFF, now=NOW)
    assert code_of(give, row=row, who=who) == "benefit_not_theirs"
    close_benefit(benefit_id=row.id, actor=None, now=NOW)
    assert code_of(give, row=row, who=someone("09121234568")) == "benefit_closed"


def test_joined_profiles_count_together(acting):
    """Rule R62: what one had counts for both."""
    row, one, other = offer(most_each=1), someone(), someone("09121234568")
    give(row, other)
    merge_customers(survivor_id=one, merged_id=other, reason="same", actor=None, now=NOW)
    assert code_of(give, row=row, who=one) == "benefit_used_up"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"unit_cost_rial": -1},
        {"most_each": 0},
        {"kind": "nonsense"},
        {"tier_id": "01a222da-24a3-7143-ba64-7679e54dd997"},
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(acting, wrong):
    assert code_of(partial(offer, **wrong)) == "invalid_benefit"


def test_what_is_not_there_is_not_found(acting):
    with pytest.raises(NotFound):
        close_benefit(benefit_id=someone(), actor=None, now=NOW)
    with pytest.raises(NotFound):
        give(offer(), Tier.objects.all()[0].id)


def test_ten_tills_at_once_give_no_more_than_a_month_allows(in_parallel, business):
    """Rule R41."""
    with acting_for(business.id):
        row, who = offer(most_each=3), someone()

    def till():
        try:
            with acting_for(business.id):
                give(row, who)
        except Problem as problem:
            return problem.code
        return "given"

    said = in_parallel(*[till] * 10)
    assert sorted(said) == ["benefit_used_up"] * 7 + ["given"] * 3


def test_the_api_offers_tells_gives_and_closes(api, business):
    """Capability C048: POST benefits."""
    made = api.post(
        "benefits", {"name": "بدون صف", "kind": "priority", "unit_cost": 20_000, "most_each": 1}
    )
    assert made.status_code == 201
    with acting_for(business.id):
        who = someone()
    path = f"customers/{who}/benefits"
    [mine] = api.get(path).json()["data"]
    assert (mine["name"], mine["left"]) == ("بدون صف", 1)
    given = api.post(f"{path}/{made.json()['id']}/give")
    assert (given.status_code, given.json()["cost"]) == (201, 20_000)
    again = api.post(f"{path}/{made.json()['id']}/give")
    assert (again.status_code, again.json()["code"]) == (409, "benefit_used_up")
    [told] = api.get("benefits").json()["data"]
    assert (told["times"], told["cost"], told["open"]) == (1, 20_000, True)
    closed = api.post(f"benefits/{made.json()['id']}/close")
    assert closed.json()["open"] is False


def test_a_list_costs_the_same_for_one_and_for_three(api, business):
    with acting_for(business.id):
        offer("a")
    api.get("benefits")
    counts = []
    for more in ([], ["b", "c"]):
        with acting_for(business.id):
            for name in more:
                offer(name)
        with CaptureQueriesContext(connection) as asked:
            api.get("benefits")
        counts.append(len(asked))
    assert counts[0] == counts[1]
