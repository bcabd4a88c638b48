"""Store credit at a device: seen, held under its number, spent with the sale, given back (C113)."""

from functools import partial

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import record_purchases
from loyalty.models import GiftCardUse, TillTransaction
from loyalty.operations.credit import credit_return, hold_store_credit
from loyalty.operations.till import Spending, carry_out
from loyalty.queries.credit import credit_of
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.credit.conftest import filled, known, sale_by_credit, switch_on
from tests.loyalty.pos.conftest import MOBILE, Till


@pytest.fixture
def sara(till, business):
    """A customer with 300,000 and 200,000 rial of store credit."""
    with acting_for(business.id):
        now = timezone.now()
        switch_on(now)
        whose = known(now)
        filled(whose, now, 300_000)
        filled(whose, now, 200_000)
    return whose


def has(business, customer_id):
    with acting_for(business.id):
        assert broken(timezone.now()) == []
        return credit_of(customer_id, timezone.now()).balance_rial


def sale(number, paid, by_credit, *named):
    rest = paid - by_credit
    tenders = [{"method": "store_credit", "amount": by_credit}]
    tenders += [{"method": "pos", "amount": rest}] if rest else []
    buyer = {"customer": {"mobile": MOBILE}, "redemptions": list(named)}
    return {"transaction_id": number, "tenders": tenders, **buyer}


def hold(till, number, rial, **more):
    asked = {"transaction_id": number, "mobile": MOBILE, "store_credit": rial}
    return till.post("redeem", **asked, **more)


@pytest.mark.django_db
def test_c113_it_is_seen_held_and_spent_once_by_the_devices_numbers(till, business, sara):
    assert till.post("inquire", mobile=MOBILE).json()["store_credit"] == 500_000
    first, again = hold(till, "1", 400_000), hold(till, "1", 400_000)
    assert (first.status_code, again.status_code) == (201, 200), first.content.decode()
    told = first.json()
    assert told == again.json()
    assert (told["store_credit"], told["store_credit_left"]) == (400_000, 100_000)
    body = sale("2", 600_000, 400_000, "1")
    sold, again = till.post("accrue", **body), till.post("accrue", **body)
    assert (sold.status_code, again.status_code) == (201, 200), sold.content.decode()
    assert sold.json() == again.json()
    assert has(business, sara) == 100_000
    with acting_for(business.id):
        uses = GiftCardUse.objects.values_list("state", "amount_rial")
        assert sorted(uses) == [("committed", 100_000), ("committed", 300_000)]


@pytest.mark.django_db
def test_c113_undoing_gives_it_back_from_hold_and_from_sale(till, business, sara):
    hold(till, "1", 400_000)
    for number in ("9", "9", "8"):
        till.post("reverse", transaction_id=number, reverses="1")
    assert has(business, sara) == 500_000
    hold(till, "2", 250_000)
    till.post("accrue", **sale("3", 250_000, 250_000, "2"))
    refused = till.post("reverse", transaction_id="4", reverses="2")
    assert (refused.status_code, refused.json()["code"]) == (409, "redemption_committed")
    assert has(business, sara) == 250_000
    assert till.post("reverse", transaction_id="5", reverses="3").status_code == 201
    assert has(business, sara) == 500_000


@pytest.mark.django_db
def test_r26_an_undoing_before_the_hold_holds_nothing(till, business, sara):
    till.post("reverse", transaction_id="2", reverses="1")
    assert hold(till, "1", 100_000).json()["status"] == "reversed"
    assert has(business, sara) == 500_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"store_credit": 600_000}, 409, "insufficient_store_credit"),
        ({"store_credit": 100_000, "points": 5}, 400, "points_or_reward"),
        ({"store_credit": 0}, 400, "points_or_reward"),
        ({"store_credit": -1}, 422, "invalid_body"),
        ({"store_credit": 100_000, "final": True}, 400, "store_credit_needs_sale"),
        ({"store_credit": 100_000, "mobile": "09129999999"}, 404, "not_found"),
    ],
)
def test_bad_input_is_refused_and_holds_nothing(till, business, sara, more, status, code):
    answer = till.post("redeem", **{"transaction_id": "1", "mobile": MOBILE, **more})
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert has(business, sara) == 500_000
    with acting_for(business.id):
        assert not TillTransaction.objects.exists()


@pytest.mark.django_db
def test_much_of_it_needs_the_customers_code(till, business, sara):
    with acting_for(business.id):
        filled(sara, timezone.now(), 2_000_000)
    answer = hold(till, "1", 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (422, "code_needed")
    assert has(business, sara) == 2_500_000


@pytest.mark.django_db
def test_a_sale_names_what_its_device_held_and_no_other(till, second_till, business, sara):
    hold(till, "1", 200_000)
    for body in (sale("2", 300_000, 300_000, "1"), sale("2", 200_000, 200_000)):
        assert till.post("accrue", **body).json()["code"] == "store_credit_mismatch"
    assert second_till.post("accrue", **sale("2", 200_000, 200_000, "1")).status_code == 400
    with acting_for(business.id):
        assert not Purchase.objects.exists()
    assert till.post("accrue", **sale("2", 200_000, 200_000, "1")).status_code == 201
    assert has(business, sara) == 300_000


def test_r41_a_device_and_the_api_at_once_spend_exactly_what_there_is(in_parallel, business, now):
    """Twelve holds of a tenth each, half by a device's numbers: ten get it, no rial too much."""
    till = Till(business)
    with acting_for(business.id):
        switch_on(now)
        sara = known(now)
        for rial in (400_000, 350_000, 250_000):
            filled(sara, now, rial)

    def at_device(number):
        act = Spending(number=str(number), customer_id=sara, store_credit_rial=100_000)
        carry_out(device_id=till.device.id, act=act, now=now)

    def over_api():
        uses = hold_store_credit(customer_id=sara, most_rial=100_000, exact=True, now=now)
        [sold] = record_purchases(purchases=[sale_by_credit(100_000, uses)], source="api", now=now)
        assert sold.error is None

    def attempt(work):
        try:
            with acting_for(business.id):
                work()
        except Problem as refusal:
            return refusal.code
        return "done"

    works = [partial(at_device, number) for number in range(6)] + [over_api] * 6
    # The same numbers again at the same time: told the same, held once.
    works += [partial(at_device, number) for number in range(6)]
    outcomes = in_parallel(*[partial(attempt, work) for work in works])
    assert set(outcomes) == {"done", "insufficient_store_credit"}
    with acting_for(business.id):
        held = TillTransaction.objects.count()
        sold = Purchase.objects.count()
        assert held + sold == 10
        assert credit_of(sara, now).balance_rial == 0
        assert broken(now + FAR) == []


class _Plain:
    """What a customer has as plain arithmetic knows it, beside what a device does."""

    def __init__(self, till, left):
        self.till, self.left = till, left
        self.held, self.sold = [], []

    def hold(self, name, rial):
        answer = hold(self.till, name, rial)
        assert answer.status_code == (201 if rial <= self.left else 409)
        if rial <= self.left:
            self.left -= rial
            self.held.append((name, rial))

    def sell(self, name, rial):
        if self.held:
            named, by_credit = self.held.pop()
            body = sale(name, by_credit + rial, by_credit, named)
            answer = self.till.post("accrue", **body)
            assert answer.status_code == 201, answer.content.decode()
            self.sold.append((name, by_credit, by_credit + rial, answer.json()["purchase_id"]))

    def undo(self, name, _rial):
        if self.held or self.sold:
            target = (self.held or self.sold).pop()
            self.left += target[1]
            for _twice in range(2):
                self.till.post("reverse", transaction_id=name, reverses=target[0])

    def come_back(self, _name, _rial):
        """Take goods back in two parts: credit goes home, money becomes credit."""
        if self.sold:
            _name, _by_credit, total, purchase_id = self.sold.pop()
            for part in filter(None, (total // 3, total - total // 3)):
                with acting_for(self.till.business.id):
                    credit_return(
                        purchase_id=purchase_id,
                        external_id=str(new_id()),
                        amount_rial=part,
                        by="t",
                        now=timezone.now(),
                    )
            self.left += total


_STEPS = st.lists(
    st.tuples(st.sampled_from(("hold", "sell", "undo", "come_back")), st.integers(1, 200_000)),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=_STEPS)
def test_any_order_of_holding_selling_undoing_and_returning_is_plain_arithmetic(
    till, business, now, steps
):
    """Issue 4 §2: filled + back - held - spent, whatever a device does in which order."""
    with acting_for(business.id):
        switch_on(now)
        whose = known(now)
        filled(whose, now, 400_000)
        plain = _Plain(till, credit_of(whose, now).balance_rial)
    number = str(new_id())
    for place, (step, rial) in enumerate(steps):
        getattr(plain, step)(f"{number}:{place}", rial)
        assert has(business, whose) == plain.left
