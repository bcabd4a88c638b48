"""Gifts with a stock (C050): none is given that is not there; what comes back is."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from loyalty.enums.benefits import BenefitKind
from loyalty.models import Benefit, BenefitGiven
from loyalty.operations.benefits import take_benefit_back
from loyalty.queries.benefits import benefit_sums, benefits_of
from tests.loyalty.benefits.test_benefits import NOW, code_of, give, offer, someone


def gift(stock=2, **more):
    return offer("فنجان", kind=BenefitKind.GIFT, stock=stock, **more)


def take_back(row):
    return take_benefit_back(given_id=row.id, actor=None, by="t", now=NOW)


def left():
    return Benefit.objects.get().stock


def test_c050_a_gift_is_given_while_there_are_any(acting):
    row, who = gift(), someone()
    give(row, who)
    assert (left(), benefits_of(who, NOW)[0].left) == (1, 1)
    give(row, who)
    assert not benefits_of(who, NOW)[0].is_there
    assert code_of(give, row=row, who=who) == "benefit_out_of_stock"
    assert (left(), BenefitGiven.objects.count()) == (0, 2)


def test_c050_what_is_taken_back_lies_there_again_once(acting):
    row, who = gift(stock=1, most_each=1), someone()
    first = give(row, who)
    for _time in range(2):
        assert take_back(first).taken_back_at == NOW
    assert left() == 1
    assert row.id not in benefit_sums()
    assert benefits_of(who, NOW)[0].left == 1
    assert give(row, who).number == 1


def test_c050_the_same_press_twice_takes_one(acting):
    row, who, same = gift(), someone(), new_id()
    for _time in range(2):
        give(row, who, given_id=same)
    assert left() == 1


def test_c050_what_had_no_stock_brings_none_back(acting):
    row, who = offer("فنجان"), someone()
    first = give(row, who)
    gift(stock=5)
    take_back(first)
    assert left() == 5
    later = give(row, who)
    offer("فنجان")
    take_back(later)
    assert left() is None


def test_c050_the_database_keeps_no_stock_below_nought(acting):
    gift(stock=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Benefit.objects.update(stock=-1)


def test_c050_a_stock_that_makes_no_sense_is_refused(acting):
    with pytest.raises(Problem) as found:
        gift(stock=-1)
    assert list(found.value.fields) == ["stock"]
    with pytest.raises(NotFound):
        take_benefit_back(given_id=new_id(), actor=None, by="t", now=NOW)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stock=st.integers(0, 4),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=15),
)
def test_c050_whatever_is_done_stock_and_given_are_what_there_was(acting, stock, steps):
    """Property: what lies there and what was given and not taken back are always the stock."""
    with transaction.atomic():
        row, who = gift(stock=stock), someone()
        rows: list[BenefitGiven] = []
        for gives, number in steps:
            if gives:
                if left():
                    rows.append(give(row, who))
                else:
                    assert code_of(give, row=row, who=who) == "benefit_out_of_stock"
            elif rows:
                take_back(rows[number % len(rows)])
            out = BenefitGiven.objects.filter(taken_back_at=None).count()
            assert left() + out == stock
        transaction.set_rollback(True)


def test_c050_many_tills_give_exactly_the_stock(in_parallel, business):
    """Rule R41: ten tills at once, seven gifts; then all come back at once, each twice."""
    with acting_for(business.id):
        row, who = gift(stock=7), someone()

    def till():
        try:
            with acting_for(business.id):
                give(row, who)
        except Problem as problem:
            return problem.code
        return "given"

    assert sorted(in_parallel(*[till] * 10)) == ["benefit_out_of_stock"] * 3 + ["given"] * 7
    with acting_for(business.id):
        assert left() == 0
        one, other = BenefitGiven.objects.all()[:2]

    def back(given):
        with acting_for(business.id):
            take_back(given)

    in_parallel(*[lambda g=g: back(g) for g in (one, other, one, other)])
    with acting_for(business.id):
        assert left() == 2


def test_c050_the_api_tells_the_stock_and_takes_back(api, business):
    made = api.post("benefits", {"name": "فنجان", "kind": "gift", "unit_cost": 900, "stock": 1})
    assert (made.status_code, made.json()["stock"]) == (201, 1)
    with acting_for(business.id):
        who = someone()
    path = f"customers/{who}/benefits/{made.json()['id']}/give"
    given_id = api.post(path).json()["id"]
    none = api.post(path)
    assert (none.status_code, none.json()["code"]) == (409, "benefit_out_of_stock")
    back = api.post(f"benefits/given/{given_id}/take-back")
    assert (back.status_code, back.json()["taken_back_at"] is not None) == (200, True)
    assert api.get("benefits").json()["data"][0]["stock"] == 1
