"""One renewal is one debit is one period, whoever dies, doubles or mumbles."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

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

from core.errors import Problem
from core.tenancy import acting_for
from loyalty.models import MembershipPeriod, PaidMembership
from loyalty.operations.memberships import (
    cancel_membership,
    pause_membership,
    renew,
    resume_membership,
    settle,
    settle_period,
    step_membership,
)
from loyalty.queries.invariants import broken
from outbox.operations import deliver_due
from payments.models import Alert, Debit, Payment
from payments.operations.debits import collect
from payments.operations.debits.collect import collect_due
from payments.providers import PRODUCTS
from payments.providers.contract import DebitStanding
from tests.loyalty.memberships.conftest import PRICE, Club
from tests.payments.debits.fake_bank import FakeBank, FakeDebits, Killed, product

FAR = timedelta(days=4000)  # earlier runs were later than this one
PLACES = ["after_intent", "after_wire", "before_settle", "in_step", "in_period"]


def _die_once(monkeypatch, module, name):
    """Let a function do its work and the process die before it is committed, once."""
    real = vars(module)[name]

    def die(*given, **named):
        real(*given, **named)
        monkeypatch.setattr(module, name, real)
        raise Killed(name)

    monkeypatch.setattr(module, name, die)


@pytest.mark.parametrize("place", PLACES)
def test_a_process_that_dies_anywhere_renews_once(club, place, monkeypatch):
    member_id = club.member()
    if place == "in_step":
        _die_once(monkeypatch, renew, "charge")
        with pytest.raises(Killed):
            club.work(club.at(member_id, -3))
        assert len(club.periods(member_id)) == 1
    club.work(club.at(member_id, -3))
    assert len(club.periods(member_id)) == 2
    due = club.at(member_id)
    if place == "before_settle":
        _die_once(monkeypatch, collect, "settle")
    elif place == "in_period":
        _die_once(monkeypatch, settle, "publish")
    else:
        club.collector.bank.killed_at = place
    with suppress(Killed):
        club.work(due)
    for minutes in (11, 23, 60, 600):
        club.work(due + timedelta(minutes=minutes))

    assert club.collector.bank.taken_rial() == 2 * PRICE
    assert [one.state for one in club.periods(member_id)] == ["paid", "paid"]
    assert len({one.payment_id for one in club.periods(member_id)}) == 2
    assert club.see(member_id).state == "active"
    assert club.is_well()


def test_many_workers_at_once_make_one_period_and_one_debit(committed, club, in_parallel):
    member_id = club.member()
    moment = club.at(member_id, -3)
    step = partial(
        step_membership, business_id=club.business.id, membership_id=member_id, now=moment
    )
    assert sum(in_parallel(*[step] * 8, role="vafa_worker")) == 1
    with acting_for(club.business.id):
        assert Debit.objects.filter(source_kind="membership").count() == 2

    due = club.at(member_id)
    in_parallel(*[partial(collect_due, now=due)] * 6, role="vafa_worker")
    payment_id = club.periods(member_id)[1].payment_id

    def tell_again():
        with acting_for(club.business.id):
            return settle_period(payment_id=payment_id, now=due)

    assert in_parallel(*[tell_again] * 6) == [True] * 6
    assert len(club.events("membership.renewed")) == 2
    assert club.collector.bank.taken_rial() == 2 * PRICE


class Memberships(RuleBasedStateMachine):
    """A member, a shop, a clock, a bank that mumbles, a worker that dies."""

    club: ClassVar[Club]

    def __init__(self) -> None:
        super().__init__()
        self.now = self.club.now
        self.settle = vars(collect)["settle"]
        self.bank = FakeBank(balance=6 * PRICE)
        PRODUCTS["vandar"] = product(FakeDebits(self.bank))
        self.club.collector.bank = self.bank
        self.moved_at: dict[str, Any] = {}

    @initialize(months=st.sampled_from([1, 1, 3]), debited=st.booleans())
    def join(self, months: int, debited: bool) -> None:
        club = self.club
        with acting_for(club.business.id):
            earlier = PaidMembership.objects.filter(ended_at=None)
            earlier.update(state="cancelled", ended_at=self.now, next_step_at=None, paused_on=None)
        club.now = club.collector.now = self.now
        plan_id = club.offer(name=f"plan {months} {id(self)}", months=months)
        mandate_id = club.collector.active(expires_at=self.now + timedelta(days=3000))
        self.member_id = club.join(plan_id, mandate_id if debited else None).id
        self.work()

    @rule(days=st.sampled_from([0, 1, 3, 10, 27, 31]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days, hours=1)
        self.work()

    @rule()
    def to_the_renewal(self) -> None:
        row = self.see()
        if row.paid_until and row.state == "active":
            for days in (-3, 0, 1):
                self.now = max(self.now, self.club.at(self.member_id, days))
                self.work()

    @rule(fault=st.sampled_from(["silent", "lost", "not-sent", "bank-down", ""]))
    def mumble(self, fault: str) -> None:
        self.bank.faults.append(fault)

    @rule(place=st.sampled_from(["after_intent", "after_wire", "before_settle"]))
    def die(self, place: str) -> None:
        self.bank.killed_at = place if place != "before_settle" else ""
        if place == "before_settle":
            collect.settle = self._died  # type: ignore[attr-defined]
        self.work()

    @rule()
    def fill(self) -> None:
        self.bank.balance += 3 * PRICE

    @rule()
    def spend(self) -> None:
        self.bank.balance = 0

    @rule()
    def pay_by_link(self) -> None:
        """Whoever has an open payment pays it, even when nobody is a member any more."""
        with acting_for(self.club.business.id):
            asked = MembershipPeriod.objects.filter(
                membership_id=self.member_id, payment__state="created"
            ).values_list("payment_id", flat=True)
            wanted = list(asked)
        for payment_id in wanted:
            self.club.pay(payment_id, self.now)

    @rule(deed=st.sampled_from(["pause", "resume", "notice", "cancel"]))
    def decide(self, deed: str) -> None:
        deeds: dict[str, Any] = {
            "pause": pause_membership,
            "resume": resume_membership,
            "notice": partial(cancel_membership, at_end=True, by="t"),
            "cancel": partial(cancel_membership, refund=False, by="t"),
        }
        with acting_for(self.club.business.id), suppress(Problem):
            deeds[deed](membership_id=self.member_id, now=self.now)

    @rule()
    def take_back(self) -> None:
        """The bank takes the last movement back, while it is still watched."""
        for taken in self.bank.collected()[-1:]:
            if self.now - self.moved_at[taken.key] <= timedelta(days=2):
                taken.standing = DebitStanding.REFUNDED
                self.bank.balance += taken.amount_rial

    @invariant()
    def money_and_periods_agree(self) -> None:
        with acting_for(self.club.business.id):
            assert broken(self.now + FAR) == []
            periods = list(MembershipPeriod.objects.filter(membership_id=self.member_id))
            debits = Debit.objects.filter(source_id__in=[one.id for one in periods])
            assert debits.count() <= len(periods)
        row = self.see()
        if row.state in {"active", "paused"}:
            days = [one.ends_on for one in periods if one.state == "paid"]
            assert max(days) == row.paid_until

    def see(self) -> PaidMembership:
        return self.club.see(self.member_id)

    def work(self) -> None:
        with suppress(Killed):
            for _round in range(6):
                done = renew.step_due(now=self.now) + collect_due(now=self.now)
                if not done + deliver_due(now=self.now):
                    break
        for key in self.bank.debits:
            self.moved_at.setdefault(key, self.now)

    def teardown(self) -> None:
        """Let every fault be over and what is due be done; then bank and periods agree."""
        self.bank.faults, self.bank.killed_at = [], ""
        collect.settle = self.settle  # type: ignore[attr-defined]
        for _step in range(14):
            self.now += timedelta(hours=19)
            self.work()
        self._agree()

    def _agree(self) -> None:
        with acting_for(self.club.business.id):
            periods = list(MembershipPeriod.objects.filter(membership_id=self.member_id))
            debits = Debit.objects.filter(
                source_id__in=[one.id for one in periods], state="collected"
            )
            paid_by = {one.payment_id for one in periods if one.state == "paid" and one.payment_id}
            here = [debit for debit in debits if debit.payment_id in paid_by]
            astray = [debit for debit in debits if debit.payment_id not in paid_by]
            settled = Payment.objects.filter(id__in=paid_by, state="settled").count()
            assert broken(self.now + FAR) == []
            # Money no period could take calls a person; it is never lost.
            told = set(Alert.objects.filter(kind="orphan").values_list("payment_id", flat=True))
            assert {debit.payment_id for debit in astray} <= told
        assert settled == len(paid_by)
        assert sum(debit.amount_rial for debit in [*here, *astray]) == self.bank.taken_rial()

    def _died(self, answers: Any, now: Any) -> Any:
        collect.settle = self.settle  # type: ignore[attr-defined]
        self.settle(answers, now)
        raise Killed("before_settle")


def test_periods_and_bank_agree_whatever_happens(club, as_role):
    Memberships.club = club
    with as_role("vafa_worker"):
        run_state_machine_as_test(
            Memberships,
            settings=settings(
                max_examples=10,
                stateful_step_count=16,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
