"""Any order of visitors, banks, sellers and hours: a promise is kept in time and used once."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.calendar import TEHRAN, add_months, business_day
from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from payments.enums import AttemptState, PaymentState
from payments.enums.quotes import QuoteState
from payments.models import InstalmentPlan, Payment, PaymentAttempt, ProviderAccount, Quote
from payments.operations import (
    NewQuote,
    add_account,
    cancel_payment,
    handle_callback,
    make_quote,
    pay_quote,
    poll_due,
    start_attempt,
    withdraw_quote,
)
from payments.operations.instalments import NewPlan, NewTerms, set_credit_terms
from payments.operations.quotes import sell_quote_on_credit
from payments.queries.quotes import quote_by_id
from tests.payments.memory_bank import Bank, open_banks
from tests.payments.outside import broken_since, outside

BANK = "zarinpal"
PRICE = 9_000_000
VISITORS = ("09121234567", "09351112233")
# Nobody yet; somebody who opened the page; somebody who is at the bank.
BEGINNINGS = ((), ("visit",), ("visit", "press"))
ENDS = {QuoteState.PAID, QuoteState.EXPIRED, QuoteState.WITHDRAWN, QuoteState.ON_CREDIT}
REFUSALS = {
    "quote_expired",
    "quote_withdrawn",
    "quote_used",
    "quote_being_paid",
    "payment_not_payable",
    "payment_being_checked",
    "payment_not_cancellable",
    "gateway_unavailable",
}


@contextmanager
def refused():
    """Let honest refusals pass."""
    try:
        yield
    except Problem as problem:
        if problem.code not in REFUSALS:
            raise


class Promises(RuleBasedStateMachine):
    """One price, two visitors, a seller who may lend or think again, and a clock."""

    business_id: ClassVar[UUID]
    start: ClassVar[datetime]
    bank: ClassVar[Bank]

    @initialize(hours=st.sampled_from([1, 4]), begun=st.sampled_from(BEGINNINGS))
    def promise(self, hours, begun):
        self.now, self.end = self.start, self.start + timedelta(hours=hours)
        self.sessions: list[str] = []
        self.uses: set[UUID] = set()
        with acting_for(self.business_id):
            quote = NewQuote(title="مبل", amount_rial=PRICE, valid_to=self.end)
            self.quote_id = make_quote(quote=quote, now=self.now)
        for step in begun:
            {"visit": self.visit_by, "press": self.press}[step]()

    def payments(self):
        return Payment.objects.filter(quote_id=self.quote_id)

    @rule(mobile=st.sampled_from(VISITORS))
    def visit(self, mobile):
        self.visit_by(mobile)

    def visit_by(self, mobile=VISITORS[0]):
        with refused(), acting_for(self.business_id):
            pay_quote(quote_id=self.quote_id, mobile=mobile, now=self.now)

    @rule()
    def press_pay(self):
        self.press()

    def press(self):
        with acting_for(self.business_id):
            newest = self.payments().order_by("-created_at", "-id").first()
        if newest is None:
            return
        before = set(self.bank.sessions)
        with refused():
            start_attempt(business_id=self.business_id, payment_id=newest.id, now=self.now)
        self.sessions += sorted(set(self.bank.sessions) - before)

    @rule(mobile=st.sampled_from(VISITORS))
    def buy(self, mobile):
        """The usual way: open the page, press, pay, come back."""
        self.visit_by(mobile)
        known = len(self.sessions)
        self.press()
        for one in self.sessions[known:]:
            self.bank.pay(one, self.now)
            self.bring_back(one, success=True)

    @rule(works=st.booleans(), pick=st.integers(0, 5))
    @outside
    def pay_at_bank(self, works, pick):
        if self.sessions:
            self.bank.pay(self.sessions[pick % len(self.sessions)], self.now, works=works)

    @rule(success=st.booleans(), pick=st.integers(0, 5))
    def come_back(self, success, pick):
        if self.sessions:
            self.bring_back(self.sessions[pick % len(self.sessions)], success=success)

    def bring_back(self, one: str, *, success: bool) -> None:
        token = self.bank.sessions[one].callback_url.rstrip("/").rpartition("/")[2]
        handle_callback(token=token, params=self.bank.returns(one, success=success), now=self.now)

    @rule()
    def think_again(self):
        with refused(), acting_for(self.business_id):
            withdraw_quote(quote_id=self.quote_id, now=self.now)

    @rule()
    def cancel_its_payment(self):
        with refused(), acting_for(self.business_id):
            for payment in self.payments():
                cancel_payment(payment_id=payment.id, now=self.now)

    @rule()
    def sell_in_instalments(self):
        with refused(), acting_for(self.business_id):
            customer = find_or_create(
                customer=CustomerHint(mobile=VISITORS[0]), source="test", now=self.now
            )
            plan = NewPlan(
                external_id=f"c-{new_id()}",
                customer_id=customer.customer_id,
                total_rial=PRICE,
                down_rial=PRICE // 2,
                count=2,
                first_due_on=add_months(business_day(self.now, TEHRAN), 1),
            )
            sell_quote_on_credit(quote_id=self.quote_id, plan=plan, now=self.now)

    @rule(minutes=st.sampled_from([1, 20, 59, 200, 1000]))
    def wait(self, minutes):
        self.let_pass(minutes)

    @rule(seconds=st.sampled_from([-1, 0, 1]), sweeps=st.booleans())
    def come_to_the_end(self, seconds, sweeps):
        """The moment itself; whether the worker has looked since must not matter."""
        moment = self.end + timedelta(seconds=seconds)
        if moment <= self.now:
            return
        self.now = moment
        if sweeps:
            poll_due(now=self.now)

    def let_pass(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        self.bank.pass_time(self.now)
        poll_due(now=self.now)

    @invariant()
    def it_is_used_once_and_only_as_promised(self):
        if not hasattr(self, "quote_id"):
            return
        with acting_for(self.business_id):
            paid = list(self.payments().filter(state=PaymentState.SETTLED))
            quote = Quote.objects.get(id=self.quote_id)
            uses = {one.id for one in paid} | ({quote.plan_id} if quote.plan_id else set())
            assert len(uses) <= 1
            assert self.uses <= uses
            self.uses = uses
            for one in paid:
                assert one.amount_rial == PRICE
            late = PaymentAttempt.objects.filter(
                payment__quote_id=self.quote_id, started_at__gte=self.end
            )
            assert not late.exists()
            plans = InstalmentPlan.objects.filter(created_at__gte=self.end)
            assert quote.plan_id not in set(plans.values_list("id", flat=True))
            if quote.withdrawn_at:
                assert not self.payments().filter(created_at__gt=quote.withdrawn_at).exists()
            assert broken_since(self, self.now - timedelta(days=1)) == []

    def teardown(self):
        """When all is calm, the promise has come to an end and the bank holds what it should."""
        if not hasattr(self, "quote_id"):
            return
        for pause in (1, 40, 60, 420, *[1500] * 4):
            self.let_pass(pause)
        with acting_for(self.business_id):
            view = quote_by_id(self.quote_id, now=self.now)
            assert view is not None
            assert view.state in ENDS
            held = [one for one in self.sessions if self.bank.is_ours(one)]
            assert len(held) == (view.state is QuoteState.PAID)
            confirmed = PaymentAttempt.objects.filter(
                payment__quote_id=self.quote_id, state=AttemptState.CONFIRMED
            )
            assert confirmed.count() == len(held)


@pytest.mark.django_db
def test_a_promise_is_kept_in_time_and_used_once(business, now, monkeypatch, as_role):
    Promises.business_id, Promises.start = business.id, now
    Promises.bank = open_banks(monkeypatch, BANK)[BANK]
    terms = NewTerms(
        is_on=True,
        lends_without_history=True,
        newcomer_rial=10**10,
        most_customer_rial=10**10,
        most_total_rial=10**11,
    )
    with acting_for(business.id):
        ProviderAccount.objects.update(is_active=False)
        add_account(provider=BANK, credentials={"merchant_id": BANK}, actor=None, now=now)
        set_credit_terms(terms=terms, now=now)
    with as_role("vafa_worker"):
        run_state_machine_as_test(
            Promises,
            settings=settings(
                max_examples=15,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
