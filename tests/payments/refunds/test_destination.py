"""Money that does not go back to the paying card: whose account, and who says yes (C023)."""

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums.refunds import Destination, RefundRoute, RefundState, Waiting
from payments.models import ProviderAccount, Transfer
from payments.operations.inquiries.names import same_name
from payments.operations.refunds import (
    Receiver,
    ask_payout,
    decide,
    set_refund_policy,
)
from payments.providers.contract import Match, Outcome
from tests.payments.refunds.conftest import IBAN, RefundShop

ACCOUNT = Destination.ACCOUNT


def say(refunds: RefundShop, transfer, decision: str, by: str) -> Transfer:
    with acting_for(refunds.business_id, durable=True):
        decide(transfer_id=transfer.id, decision=decision, by=by, now=refunds.now)
    return refunds.run(transfer.id)


def test_the_payers_own_account_is_paid_at_once(refunds: RefundShop):
    refund = refunds.ask(refunds.sold(), destination=ACCOUNT)
    assert (refund.route, refund.match, refund.state) == (
        RefundRoute.PAYOUT,
        Match.MATCH,
        RefundState.PAID,
    )
    assert refunds.out.asked == ["iban_info", "payout"]
    assert refund.receiver_hint == IBAN[-4:]
    assert IBAN.encode() not in bytes(refund.receiver or b"")


@pytest.mark.parametrize(
    ("owner", "match"),
    [(("", "محمدی"), Match.PROBABLE), (None, Match.INDETERMINATE)],
)
def test_an_unproved_owner_needs_a_second_person(refunds: RefundShop, owner, match):
    refunds.out.owner = owner
    refund = refunds.ask(refunds.sold(), destination=ACCOUNT)
    assert (refund.state, refund.waiting, refund.match) == (
        RefundState.AWAITING_APPROVAL,
        Waiting.OWNER_UNSURE,
        match,
    )
    with pytest.raises(Problem) as refusal:
        say(refunds, refund, "approve", "سارا")  # who asked
    assert refusal.value.code == "second_person_needed"
    assert say(refunds, refund, "approve", "رضا").state == RefundState.PAID


def test_somebody_elses_account_needs_two_more_people(refunds: RefundShop):
    refunds.out.owner = ("رضا", "کریمی")
    refund = refunds.ask(refunds.sold(), destination=ACCOUNT)
    assert (refund.waiting, refund.match) == (Waiting.OTHER_OWNER, Match.NO_MATCH)

    assert say(refunds, refund, "approve", "رضا").state == RefundState.AWAITING_APPROVAL
    with pytest.raises(Problem):
        say(refunds, refund, "approve", "رضا")
    assert refunds.out.asked == ["iban_info"]
    assert say(refunds, refund, "approve", "مینا").state == RefundState.PAID


def test_one_no_is_a_no(refunds: RefundShop):
    refunds.out.owner = ("رضا", "کریمی")
    payment = refunds.sold()
    refund = refunds.ask(payment, destination=ACCOUNT)
    assert say(refunds, refund, "reject", "رضا").state == RefundState.REJECTED
    assert refunds.shop.see(payment).refunded_rial == 0
    assert "payout" not in refunds.out.asked


def test_a_closed_account_is_refused(refunds: RefundShop):
    refunds.out.usable = False
    payment = refunds.sold()
    refund = refunds.ask(payment, destination=ACCOUNT)
    assert (refund.state, refund.last_code) == (RefundState.REJECTED, "account_unusable")
    assert refunds.shop.see(payment).refunded_rial == 0


def test_an_inquiry_without_an_answer_is_asked_again_and_then_held(refunds: RefundShop):
    refunds.out.inquiry_outcome = Outcome.UNKNOWN
    refund = refunds.ask(refunds.sold(), destination=ACCOUNT)
    assert refund.waiting == Waiting.DESTINATION
    with pytest.raises(Problem):
        say(refunds, refund, "approve", "رضا")
    refunds.wait(seconds=21)
    refunds.wait(seconds=21)
    assert refunds.see(refund).waiting == Waiting.OWNER_UNSURE
    assert refunds.out.asked == ["iban_info"] * 3


def test_a_gateway_without_refunds_asks_for_an_account(refunds: RefundShop):
    payment = refunds.sold()
    with acting_for(refunds.business_id):
        ProviderAccount.objects.update(families=["gateway", "payouts", "inquiries"])
    with pytest.raises(Problem) as refusal:
        refunds.ask(payment)
    assert refusal.value.code == "refund_needs_account"
    assert refunds.ask(payment, destination=ACCOUNT).state == RefundState.PAID


def test_a_mistyped_account_is_refused(refunds: RefundShop):
    with pytest.raises(Problem) as refusal:
        refunds.ask(refunds.sold(), destination=ACCOUNT, receiver=Receiver(iban=IBAN[:-1] + "9"))
    assert refusal.value.code == "invalid_iban"


def test_above_the_limit_a_second_person_approves(refunds: RefundShop):
    with acting_for(refunds.business_id):
        set_refund_policy(approval_above_rial=500_000, return_days=None, now=refunds.now)
    payment = refunds.sold()
    assert refunds.ask(payment, 400_000).state == RefundState.PAID
    refund = refunds.ask(payment, 500_000)
    assert refund.state == RefundState.PAID
    other = refunds.sold(external_id="inv-big")
    refund = refunds.ask(other, 500_001)
    assert (refund.state, refund.waiting) == (RefundState.AWAITING_APPROVAL, Waiting.LIMIT)
    assert refunds.shop.see(other).refunded_rial == 500_001
    assert say(refunds, refund, "approve", "رضا").state == RefundState.PAID
    assert refunds.is_well()


def test_after_the_days_to_return_it_is_an_exception(refunds: RefundShop):
    with acting_for(refunds.business_id):
        set_refund_policy(approval_above_rial=None, return_days=7, now=refunds.now)
    payment = refunds.sold()
    refunds.wait(days=8)
    refund = refunds.ask(payment, note="بیمار بود")
    assert (refund.state, refund.waiting) == (RefundState.AWAITING_APPROVAL, Waiting.LATE)


def test_a_payout_is_always_seen_by_two(refunds: RefundShop):
    refunds.sold()
    with acting_for(refunds.business_id, durable=True):
        asked = ask_payout(
            external_id="p-1",
            amount_rial=250_000,
            receiver=Receiver(iban=IBAN, first_name="سارا", last_name="محمدی"),
            by="سارا",
            now=refunds.now,
        )
    payout = refunds.run(asked.id)
    assert (payout.state, payout.match) == (RefundState.AWAITING_APPROVAL, Match.MATCH)
    assert say(refunds, payout, "approve", "رضا").state == RefundState.PAID
    assert refunds.books()["payouts"] == 250_000
    assert refunds.is_well()


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("سارا محمدی", "محمدي سارا", Match.MATCH),
        ("سیده سارا محمدی", "سارا محمدی", Match.MATCH),
        ("علی‌رضا كريمي", "علیرضا کریمی", Match.MATCH),
        ("سيدرضا كريمي", "رضا کریمی", Match.MATCH),
        ("سیدهادی کریمی", "هادی کریمی", Match.MATCH),
        ("سیده‌سارا محمدی", "سارا محمدی", Match.MATCH),
        ("آقای دکتر رضا كريمی", "رضا کریمی", Match.MATCH),
        ("کریمی محمدرضا", "محمد رضا کریمی", Match.MATCH),
        ("ندا احمدی‌نیا", "ندا احمدینیا", Match.MATCH),
        ("آرش أحمدی", "ارش احمدی", Match.MATCH),
        ("رضا سیدحسینی", "رضا حسینی", Match.PROBABLE),
        ("رضا سیدی", "رضا", Match.PROBABLE),
        ("سارا محمدی اصل", "سارا محمدی", Match.PROBABLE),
        ("سیدی رضا", "ی رضا", Match.NO_MATCH),
        ("سارا محمدی", "رضا محمدی", Match.NO_MATCH),
        ("", "رضا محمدی", Match.INDETERMINATE),
        ("خانم", "رضا محمدی", Match.INDETERMINATE),
    ],
)
def test_names_are_compared_as_people_read_them(one, other, match):
    assert same_name(one, other) is match
