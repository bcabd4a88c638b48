"""C029: whom the shop may lend to, and how much: the list says what each offer says."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    find_or_create,
    record_purchases,
)
from payments.enums.debits import DebitState, MandateState
from payments.models import Debit, Instalment, InstalmentPlan, Mandate, ProviderAccount
from payments.queries.instalments.credit import credit_terms, offers_to
from payments.queries.instalments.lendable import Who, lendable_rows
from tests.payments.instalments.conftest import Lender
from tests.payments.instalments.foreseen import foresee
from tests.statistics_of_tables import analyse

PEOPLE = 30
ASKED = (
    "customers_customer",
    "payments_instalmentplan",
    "payments_instalment",
    "payments_mandate",
    "payments_debit",
)


class Town:
    """Customers of a lender with any history a table allows."""

    def __init__(self, lender: Lender, chance: Random) -> None:
        self.lender, self.chance = lender, chance
        lender.terms(lends_without_history=True, newcomer_rial=10**10, most_customer_rial=10**10,
                     most_total_rial=10**12)  # fmt: skip
        with acting_for(lender.shop.business.id):
            self.ids = [self._person(n) for n in range(PEOPLE)]
        analyse(*ASKED)

    def _person(self, n: int):
        hint = CustomerHint(mobile=f"0912200{n:04}")
        found = find_or_create(customer=hint, source="test", now=self.lender.shop.now)
        plans = [self._sold(found.customer_id) for _sale in range(self.chance.choice((1, 1, 2)))]
        for plan in plans:
            self._past(plan)
        if self.chance.random() < 0.5:
            self._mandate(found.customer_id)
        if self.chance.random() < 0.7:
            foresee(
                found.customer_id, self.chance.choice((0, 1, 9_999_999, 10**7, 12_345_678, 10**9))
            )
        return found.customer_id

    def _sold(self, customer_id) -> InstalmentPlan:
        return self.lender.sell(customer_id=customer_id, count=self.chance.randint(1, 6))

    def _past(self, plan: InstalmentPlan) -> None:
        ago = timedelta(days=self.chance.randint(0, 240))
        steady = self.chance.random()
        for part in Instalment.objects.filter(plan=plan):
            part.due_on -= ago
            if part.due_on <= self.lender.today and steady < 0.8:
                part.state = "paid"
                late = self.chance.choice((-3, 0, 0, 0, 3, 4, 9, 40))
                part.paid_on = part.due_on + timedelta(days=late)
            elif self.chance.random() < 0.2:
                part.state = "waived"
            part.save()

    def _mandate(self, customer_id) -> None:
        now = self.lender.shop.now
        mandate = Mandate.objects.create(
            customer_id=customer_id,
            account=ProviderAccount.objects.get(),
            state=self.chance.choice((MandateState.ACTIVE, MandateState.DRAFT)),
            mobile="",
            bank="056",
            bank_code="056",
            max_debit_rial=10**7,
            max_day_count=1,
            max_month_count=1,
            starts_at=now,
            expires_at=now + timedelta(days=90),
            requested_at=now,
            activated_at=now,
            public_token=str(customer_id),
            callback_token=str(customer_id),
        )
        for n in range(self.chance.randint(0, 5)):
            Debit.objects.create(
                mandate=mandate,
                customer_id=customer_id,
                external_id=f"{customer_id}-{n}",
                amount_rial=10**6,
                state=self.chance.choice((DebitState.FAILED, DebitState.CANCELLED)),
                due_at=now,
                created_at=now,
                give_up_at=now,
                max_tries=1,
                ended_at=now - timedelta(days=self.chance.choice((1, 300, 500))),
            )


@pytest.mark.parametrize("seed", range(3))
def test_the_list_picks_whom_an_offer_would_lend_to(lender: Lender, seed):
    town = Town(lender, Random(seed))
    for changes in (
        {"lends_without_history": True, "newcomer_rial": 10**10},
        {"lends_without_history": True, "newcomer_rial": 10_000_000},
        {"lends_without_history": True, "newcomer_rial": 0},
        {"least_grade": 85},
        {"least_grade": 0, "grace_days": 0},
        {"most_customer_rial": 5_000_000, "least_grade": 50},
        {"worth_percent": 100},
        {"worth_percent": 37, "most_customer_rial": 8_000_000},
        {"worth_percent": 1, "lends_without_history": True, "newcomer_rial": 3_000_000},
        {"is_on": False},
    ):
        lender.terms(**{"most_customer_rial": 10**10, "most_total_rial": 10**12} | changes)
        with acting_for(lender.shop.business.id):
            _agree(lender, town.ids)
    lender.terms(most_total_rial=1)
    with acting_for(lender.shop.business.id):
        _agree(lender, town.ids)


def _agree(lender: Lender, ids) -> None:
    terms = credit_terms()
    offers = offers_to(ids, today=lender.today, terms=terms)
    lent = {one for one in ids if offers[one].limit_rial > 0}
    graded = {one for one in ids if offers[one].standing.grade.score is not None}
    for who, wanted in (
        (Who.ELIGIBLE, lent),
        (Who.KNOWN, lent & graded),
        (Who.NEW, lent - graded),
        (Who.REFUSED, set(ids) - lent),
    ):
        rows = lendable_rows(terms, who=who, today=lender.today)
        assert set(rows.values_list("customer_id", flat=True)) == wanted, who


def test_who_never_owed_may_be_lent_what_newcomers_may(lender: Lender):
    with acting_for(lender.shop.business.id):
        bought = NewPurchase(
            external_id="a",
            channel="pos",
            customer=CustomerHint(mobile="09121234567"),
            tenders=(NewTender(method="cash", amount_rial=1_000),),
        )
        record_purchases(purchases=[bought], source="api", now=lender.shop.now)
        for who, count in ((Who.ELIGIBLE, 1), (Who.NEW, 1), (Who.KNOWN, 0), (Who.REFUSED, 0)):
            assert lendable_rows(credit_terms(), who=who, today=lender.today).count() == count


def test_over_http_with_reasons_and_the_same_cost_for_one_and_three(lender: Lender, api):
    def listed(who="eligible"):
        with CaptureQueriesContext(connection) as told:
            answer = api.get(f"credit/customers?who={who}")
        assert answer.status_code == 200, answer.json()
        return answer.json()["data"], len(told)

    lender.sell()
    listed()  # the key is read once
    (only,), cost = listed()
    assert only["customer_id"] == str(lender.customer_id)
    assert (only["limit"], only["refusal"], only["owed"]) == (41_000_000, None, 9_000_000)
    with acting_for(lender.shop.business.id):
        for n in (1, 2):
            hint = CustomerHint(mobile=f"0912300000{n}")
            found = find_or_create(customer=hint, source="test", now=lender.shop.now)
            lender.sell(customer_id=found.customer_id)
    rows, later = listed()
    assert (len(rows), later) == (3, cost)
    with acting_for(lender.shop.business.id):
        Instalment.objects.filter(plan__customer_id=lender.customer_id).update(
            due_on=lender.today - timedelta(days=30)
        )
    (refused,), _cost = listed("refused")
    assert (refused["limit"], refused["refusal"]) == (0, "overdue")
    assert {one["reason"] for one in refused["grade"]["reasons"]} >= {"overdue", "late_days"}
    page = api.get("credit/customers?limit=1").json()
    rest = api.get(f"credit/customers?limit=1&cursor={page['next_cursor']}").json()
    assert page["data"][0]["customer_id"] != rest["data"][0]["customer_id"]
    assert api.get("credit/customers?who=rich").status_code == 400


def test_another_business_sees_nobody(lender: Lender, other_api):
    lender.sell()
    assert other_api.get("credit/customers?who=refused").json()["data"] == []
