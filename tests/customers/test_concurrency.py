"""Sales and returns at the same moment, on connections of their own."""

from datetime import UTC, datetime, timedelta
from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Customer, CustomerTotals, Purchase, Return
from customers.operations import (
    CustomerHint,
    find_or_create,
    open_case,
    record_purchases,
    record_return,
)
from tests.customers.conftest import sale

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def selling(business, *purchases):
    def work():
        with acting_for(business.id):
            return record_purchases(purchases=purchases, source="api", now=NOW)

    return work


def test_two_identical_posts_make_one_purchase(in_parallel, business):
    one = sale(customer=CustomerHint(mobile="09121234567"))
    answers = [rows[0] for rows in in_parallel(*[selling(business, one)] * 6)]
    assert {answer.error for answer in answers} == {None}
    assert len({answer.purchase_id for answer in answers}) == 1
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 5
    with acting_for(business.id):
        assert Purchase.objects.count() == 1
        assert CustomerTotals.objects.get().purchases == 1


def test_two_sales_to_one_new_mobile_make_one_customer(in_parallel, business):
    hint = CustomerHint(mobile="09121234567")
    answers = in_parallel(*[selling(business, sale(100, customer=hint)) for _ in range(6)])
    assert len({rows[0].customer_id for rows in answers}) == 1
    with acting_for(business.id):
        assert Customer.objects.count() == 1
        totals = CustomerTotals.objects.get()
        assert (totals.purchases, totals.purchase_days, totals.gross_rial) == (6, 1, 600)


def test_crossing_batches_of_the_same_people_all_stand(in_parallel, business):
    people = [CustomerHint(mobile=f"0912{n:07}") for n in range(40)]
    days = [NOW - timedelta(days=n % 3) for n in range(40)]
    there = [sale(1, customer=who, occurred_at=at) for who, at in zip(people, days, strict=True)]
    back = [
        sale(1, customer=who, occurred_at=at)
        for who, at in zip(reversed(people), reversed(days), strict=True)
    ]
    for _round in range(3):
        answers = in_parallel(selling(business, *there), selling(business, *back))
        assert all(row.error is None for rows in answers for row in rows)
    with acting_for(business.id):
        assert Customer.objects.count() == 40
        assert set(CustomerTotals.objects.values_list("purchases", "purchase_days")) == {(2, 1)}


def test_returns_never_exceed_the_sale(in_parallel, business):
    with acting_for(business.id):
        (made,) = record_purchases(
            purchases=[sale(1000, customer=CustomerHint(mobile="09121234567"))],
            source="api",
            now=NOW,
        )

    assert made.purchase_id is not None
    purchase_id = made.purchase_id

    def give_back(number):
        try:
            with acting_for(business.id):
                return record_return(
                    purchase_id=purchase_id,
                    external_id=f"r-{number}",
                    amount_rial=300,
                    now=NOW,
                )
        except Problem as problem:
            return problem

    answers = in_parallel(*[partial(give_back, number) for number in range(6)])
    refused = [answer for answer in answers if isinstance(answer, Problem)]
    assert [problem.code for problem in refused] == ["return_exceeds_purchase"] * 3
    with acting_for(business.id):
        assert Purchase.objects.get().returned_rial == 900
        assert CustomerTotals.objects.get().returned_rial == 900
        assert sorted(Return.objects.values_list("returned_so_far_rial", flat=True)) == [
            300,
            600,
            900,
        ]


def test_one_customer_is_created_once_outside_a_sale_too(in_parallel, business):
    def find():
        with acting_for(business.id):
            return find_or_create(
                customer=CustomerHint(mobile="09121234567"), source="web", now=NOW
            )

    found = in_parallel(*[find] * 5)
    assert len({one.customer_id for one in found}) == 1
    assert sum(one.created for one in found) == 1


def test_one_cause_opens_one_case(in_parallel, business):
    def complain():
        with acting_for(business.id):
            return open_case(kind="low_score", title="امتیاز پایین", source_ref="r:1", now=NOW).id

    assert len(set(in_parallel(*[complain] * 4))) == 1
