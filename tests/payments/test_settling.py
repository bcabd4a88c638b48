"""Providers that settle apart, and providers that answer no questions."""

from datetime import timedelta

import pytest

from core.tenancy import acting_for
from payments.enums import AttemptState, PaymentState
from payments.models import ProviderAccount
from payments.operations import handle_callback, request_reversal, reverse_payment, run_reversal
from payments.providers.contract import Standing
from payments.queries.invariants import broken
from tests.payments.memory_bank import open_banks
from tests.payments.test_routing import Two


def one_account(business, now, monkeypatch, name) -> Two:
    return Two(business, open_banks(monkeypatch, name), now)


@pytest.fixture
def mellat(business, now, monkeypatch) -> Two:
    return one_account(business, now, monkeypatch, "mellat")


@pytest.fixture
def sep(business, now, monkeypatch) -> Two:
    return one_account(business, now, monkeypatch, "sep")


def paid(shop: Two, name: str):
    payment = shop.ask()
    authority = shop.press(payment)
    shop.banks[name].pay(authority, shop.now)
    return payment, authority


def test_confirmed_is_not_paid_until_it_is_settled(mellat: Two, poll):
    payment, authority = paid(mellat, "mellat")
    mellat.banks["mellat"].broken["settle"] = "refused"

    back = mellat.come_back("mellat", authority)

    assert back.state == PaymentState.PROCESSING
    attempt = mellat.attempts(payment)[0]
    assert (attempt.state, attempt.settled_at) == (AttemptState.SETTLING, None)
    assert attempt.confirmed_at is not None

    mellat.banks["mellat"].broken.clear()
    poll(mellat.now + timedelta(seconds=61))
    attempt = mellat.attempts(payment)[0]
    assert (attempt.state, mellat.state(payment)) == (AttemptState.CONFIRMED, PaymentState.SETTLED)
    assert attempt.settled_at == mellat.now + timedelta(seconds=61)
    assert mellat.banks["mellat"].said.count("confirm") == 1


@pytest.mark.parametrize("fault", ["unheard_done", "unheard_not_done"])
def test_a_settlement_in_doubt_is_asked_for_again_and_the_confirmation_is_not(
    mellat: Two, poll, fault
):
    payment, authority = paid(mellat, "mellat")
    mellat.banks["mellat"].broken["settle"] = fault
    mellat.come_back("mellat", authority)
    mellat.banks["mellat"].broken.clear()

    poll(mellat.now + timedelta(seconds=61))

    assert mellat.state(payment) == PaymentState.SETTLED
    assert mellat.banks["mellat"].said.count("confirm") == 1
    assert mellat.banks["mellat"].is_ours(authority)


def test_two_hours_of_maintenance_and_then_settled(mellat: Two, poll):
    payment, authority = paid(mellat, "mellat")
    mellat.banks["mellat"].broken["settle"] = "refused"
    mellat.come_back("mellat", authority)
    for minutes in (2, 5, 12, 30, 60, 119):
        poll(mellat.now + timedelta(minutes=minutes))
    assert mellat.alerts()["settle_stuck"] >= 1
    assert mellat.attempts(payment)[0].state == AttemptState.SETTLING

    mellat.banks["mellat"].broken.clear()
    poll(mellat.now + timedelta(minutes=200))
    assert mellat.state(payment) == PaymentState.SETTLED
    assert mellat.alerts() == {}
    with acting_for(mellat.business.id):
        assert broken(mellat.now) == []


def test_what_was_never_settled_comes_back_and_is_never_a_success(mellat: Two, poll):
    payment, authority = paid(mellat, "mellat")
    mellat.banks["mellat"].broken["settle"] = "refused"
    mellat.come_back("mellat", authority)
    mellat.banks["mellat"].pass_time(mellat.now + timedelta(minutes=31))
    poll(mellat.now + timedelta(minutes=31))
    attempt = mellat.attempts(payment)[0]
    assert (attempt.state, mellat.state(payment)) == ("auto_returned", PaymentState.CREATED)


def test_a_person_sends_unsettled_money_back(mellat: Two, poll):
    payment, authority = paid(mellat, "mellat")
    mellat.banks["mellat"].broken["settle"] = "refused"
    mellat.come_back("mellat", authority)

    info = reverse_payment(
        business_id=mellat.business.id, payment_id=payment, by="maryam", now=mellat.now
    )

    assert info.state == "returned"
    assert mellat.banks["mellat"].sessions[authority].standing is Standing.RETURNED
    assert mellat.attempts(payment)[0].state == AttemptState.REVERSED
    assert mellat.state(payment) == PaymentState.CREATED
    assert mellat.press(payment) != authority


def test_nobody_settles_while_the_money_goes_back(mellat: Two, poll):
    payment, authority = paid(mellat, "mellat")
    mellat.banks["mellat"].broken["settle"] = "refused"
    mellat.come_back("mellat", authority)
    mellat.banks["mellat"].broken = {"reverse": "refused"}
    with acting_for(mellat.business.id):
        reversal = request_reversal(payment_id=payment, by="maryam", now=mellat.now)
    run_reversal(business_id=mellat.business.id, reversal_id=reversal, now=mellat.now)
    settled = mellat.banks["mellat"].said.count("settle")
    poll(mellat.now + timedelta(seconds=70))
    assert mellat.banks["mellat"].said.count("settle") == settled


def test_without_inquiries_the_return_is_confirmed(sep: Two):
    payment, authority = paid(sep, "sep")
    sep.come_back("sep", authority)
    assert sep.state(payment) == PaymentState.SETTLED
    assert "inquire" not in sep.banks["sep"].said


@pytest.mark.parametrize("fault", ["unheard_done", "unheard_not_done", "refused"])
def test_without_inquiries_a_doubt_is_confirmed_again(sep: Two, poll, fault):
    payment, authority = paid(sep, "sep")
    sep.banks["sep"].faults.append(fault)
    sep.come_back("sep", authority)
    assert sep.state(payment) == PaymentState.PROCESSING
    poll(sep.now + timedelta(seconds=61))
    assert sep.state(payment) == PaymentState.SETTLED


def test_without_a_return_nothing_can_be_asked_and_the_bank_gives_it_back(sep: Two, poll):
    payment, authority = paid(sep, "sep")
    for minutes in (1, 5, 20, 44):
        poll(sep.now + timedelta(minutes=minutes))
    assert sep.banks["sep"].said == ["request"]
    assert sep.attempts(payment)[0].state == AttemptState.REDIRECTED
    sep.banks["sep"].pass_time(sep.now + timedelta(minutes=50))
    poll(sep.now + timedelta(minutes=61))
    assert sep.attempts(payment)[0].state == AttemptState.EXPIRED
    late = sep.come_back("sep", authority, sep.now + timedelta(minutes=62))
    assert late.state == PaymentState.CREATED
    assert sep.attempts(payment)[0].state == AttemptState.AUTO_RETURNED


def test_a_return_after_the_window_is_money_on_its_way_back(sep: Two):
    payment, authority = paid(sep, "sep")
    late = sep.now + timedelta(minutes=31)
    sep.banks["sep"].pass_time(late)
    assert sep.come_back("sep", authority, late).state == PaymentState.CREATED
    assert sep.attempts(payment)[0].state == AttemptState.AUTO_RETURNED


def test_a_late_refusal_proves_nothing_about_an_earlier_doubt(sep: Two, poll):
    payment, authority = paid(sep, "sep")
    sep.banks["sep"].faults.append("unheard_not_done")
    sep.come_back("sep", authority)
    late = sep.now + timedelta(minutes=40)
    sep.banks["sep"].pass_time(late)
    poll(late)
    assert sep.attempts(payment)[0].state == AttemptState.UNKNOWN


def test_a_buyer_who_gave_up_may_try_again_at_once(sep: Two):
    payment = sep.ask()
    authority = sep.press(payment)
    bank = sep.banks["sep"]
    token = bank.sessions[authority].callback_url.rstrip("/").rpartition("/")[2]
    handle_callback(token=token, params=bank.returns(authority, success=False), now=sep.now)
    assert sep.attempts(payment)[0].state == AttemptState.DECLINED
    assert sep.press(payment) != authority


def test_a_cheaper_payments_reference_pays_for_nothing_and_is_not_sent_back(sep: Two):
    cheap, cheap_authority = paid(sep, "sep")
    sep.come_back("sep", cheap_authority)
    dear = sep.ask(9_000_000)
    dear_authority = sep.press(dear)
    bank = sep.banks["sep"]
    token = bank.sessions[dear_authority].callback_url.rstrip("/").rpartition("/")[2]
    params = bank.returns(dear_authority) | {"r": f"ref-{cheap_authority}"}
    handle_callback(token=token, params=params, now=sep.now)

    assert sep.state(dear) == PaymentState.NEEDS_REVIEW
    assert sep.state(cheap) == PaymentState.SETTLED
    assert sep.alerts() == {"duplicate_reference": 1}
    assert bank.sessions[cheap_authority].standing is Standing.CONFIRMED


def test_without_inquiries_money_goes_back_when_asked(sep: Two):
    payment, authority = paid(sep, "sep")
    sep.come_back("sep", authority)
    info = reverse_payment(
        business_id=sep.business.id, payment_id=payment, by="maryam", now=sep.now
    )
    assert (info.state, sep.state(payment)) == ("returned", PaymentState.REVERSED)


def test_a_provider_without_a_list_is_not_swept(mellat: Two):
    mellat.press(mellat.ask())
    with acting_for(mellat.business.id):
        assert not ProviderAccount.objects.filter(next_sweep_at__isnull=False).exists()
