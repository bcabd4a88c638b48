"""One contract over every adapter of direct debit, against the sandbox over real HTTP."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone

from payments.providers import debits_of, product_of
from payments.providers.contract import (
    Account,
    DebitAnswer,
    DebitOrder,
    DebitStanding,
    Failure,
    MandateRequest,
    MandateStanding,
    Outcome,
    Retries,
    SignedMandate,
)
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]

MOBILE = "09121234567"


@dataclass
class Talk:
    """An adapter with an account of its own, and the bank behind it."""

    provider: str
    bank: Sandbox

    def __post_init__(self) -> None:
        self.adapter = debits_of(self.provider)
        hosts = {
            name: self.bank.base_url + host.sandbox_path
            for name, host in product_of(self.provider).hosts.items()
        }
        credentials = {
            "merchant_id": str(uuid4()),
            "business": f"shop-{uuid4().hex[:6]}",
            "mobile": "09120000000",
            "password": "secret",
        }
        self.account = Account(
            base_url=next(iter(hosts.values())), credentials=credentials, hosts=hosts
        )

    def hand(self, action: str, **asked: object) -> None:
        self.bank.http.post(f"/control/debits/{action}", json=asked).raise_for_status()

    def truth(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.bank.http.get("/control/debits").json()["debits"]
        return rows

    def open(self, **changes) -> tuple[str, str]:
        bank = self.adapter.banks(self.account).rows[0]
        asked: dict[str, Any] = {
            "reference": "r-1",
            "mobile": "+989121234567",
            "bank_code": bank.code,
            "max_debit_rial": 10_000_000,
            "max_day_count": 5,
            "max_month_count": 5,
            "expires_at": timezone.now() + timedelta(days=200),
            "callback_url": "http://shop.test/m/return/token/",
        }
        opened = self.adapter.create_mandate(self.account, MandateRequest(**asked | changes))
        assert opened.outcome is Outcome.OK
        return opened.authority, bank.code

    def come_back(self, action: str = "sign", **changes):
        authority, code = self.open(**changes)
        way = self.adapter.mandate_redirect(self.account, authority, code)
        assert self.bank.http.get(way.url).status_code == 200
        answer = self.bank.http.post(
            f"/bank/sign/{authority}", data={"action": action}, follow_redirects=False
        )
        assert answer.status_code == 303
        params = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        claim = self.adapter.parse_mandate_callback(params)
        assert claim is not None
        assert claim.authority == authority
        return claim

    def signed(self, **changes) -> SignedMandate:
        """Return a mandate in force."""
        claim = self.come_back(**changes)
        mandate = SignedMandate(authority=claim.authority, mandate_ref=claim.mandate_ref)
        answer = self.adapter.confirm_mandate(self.account, mandate)
        assert (answer.outcome, answer.standing) == (Outcome.OK, MandateStanding.ACTIVE)
        return SignedMandate(
            authority=claim.authority, mandate_ref=claim.mandate_ref, secret=answer.secret
        )

    def order(self, mandate: SignedMandate, **changes) -> DebitOrder:
        asked: dict[str, Any] = {
            "key": str(uuid4()),
            "mandate": mandate,
            "amount_rial": 1_000_000,
            "description": "قسط ۱",
            "due_at": timezone.now(),
            "notify_url": "http://shop.test/m/event/token/",
        }
        order = DebitOrder(**asked | changes)
        opened = self.adapter.prepare_debit(self.account, order)
        assert opened.outcome is Outcome.OK
        return replace(order, authority=opened.authority)

    def debit(self, order: DebitOrder) -> DebitAnswer:
        return self.adapter.debit(self.account, order)

    def ask(self, order: DebitOrder, reference: str = "") -> DebitAnswer:
        return self.adapter.inquire_debit(self.account, order, reference)


@pytest.fixture(params=["zarinpal", "vandar"])
def talk(request, fresh_sandbox: Sandbox) -> Talk:
    return Talk(request.param, fresh_sandbox)


def test_banks_have_names_and_codes(talk):
    answer = talk.adapter.banks(talk.account)
    assert answer.outcome is Outcome.OK
    assert all(row.code and row.name and row.bank.isdigit() for row in answer.rows)


def test_a_refusal_at_the_bank_is_a_claim_of_none(talk):
    assert not talk.come_back("refuse").claims_success


def test_a_signed_mandate_is_confirmed_once_and_stays_confirmed(talk):
    mandate = talk.signed()
    again = talk.adapter.confirm_mandate(talk.account, mandate)
    assert again.outcome in {Outcome.OK, Outcome.ALREADY}
    if talk.adapter.debits.mandate_inquiry:
        shown = talk.adapter.inquire_mandate(talk.account, mandate)
        assert shown.standing is MandateStanding.ACTIVE


def test_an_unsigned_mandate_cannot_be_confirmed(talk):
    authority, _code = talk.open()
    mandate = SignedMandate(authority=authority, mandate_ref="1")
    answer = talk.adapter.confirm_mandate(talk.account, mandate)
    assert answer.outcome in {Outcome.DECLINED, Outcome.ALREADY}
    assert answer.standing is None


def test_money_is_collected_once_and_can_be_asked_about(talk):
    order = talk.order(talk.signed())
    first = talk.debit(order)
    assert first.standing is DebitStanding.DONE
    assert first.amount_rial == 1_000_000
    assert first.reference

    talk.debit(order)
    assert talk.ask(order, first.reference).standing is DebitStanding.DONE
    assert len(talk.truth()) == 1


def test_an_empty_account_is_no_money(talk):
    order = talk.order(talk.signed())
    talk.hand("balance", mobile=MOBILE, rial=0)
    answer = talk.debit(order)
    assert (answer.standing, answer.failure) == (DebitStanding.FAILED, Failure.NO_FUNDS)


def test_a_signature_of_two_people_is_no_mandate(talk: Talk):
    """The mobile is Sara's, the national code Reza's: the bank refuses, whatever is pressed."""
    two = {"mobile": "+989120000001", "national_code": "0067749828"}
    claim = talk.come_back(**two)
    assert not claim.claims_success
    mandate = SignedMandate(authority=claim.authority, mandate_ref=claim.mandate_ref or "1")
    answer = talk.adapter.confirm_mandate(talk.account, mandate)
    assert answer.outcome is not Outcome.OK
    assert answer.secret == ""
    one = {"mobile": "+989120000001", "national_code": "0013542419"}
    assert talk.come_back(**one).claims_success


def test_a_mandate_ended_at_the_bank_takes_nothing(talk):
    mandate = talk.signed()
    order = talk.order(mandate)
    talk.hand("revoke", token=mandate.authority)
    answer = talk.debit(order)
    assert (answer.standing, answer.failure) == (DebitStanding.FAILED, Failure.MANDATE)
    assert answer.outcome is Outcome.DECLINED


def test_an_ended_mandate_is_ended_and_ending_it_again_is_no_trouble(talk):
    mandate = talk.signed()
    assert talk.adapter.revoke_mandate(talk.account, mandate).outcome is Outcome.OK
    assert talk.adapter.revoke_mandate(talk.account, mandate).outcome is Outcome.ALREADY
    assert talk.debit(talk.order(mandate)).failure is Failure.MANDATE


def test_a_monthly_count_is_the_bank_s_too(talk):
    mandate = talk.signed(max_month_count=1)
    assert talk.debit(talk.order(mandate)).standing is DebitStanding.DONE
    answer = talk.debit(talk.order(mandate))
    assert (answer.standing, answer.failure) == (DebitStanding.FAILED, Failure.CAP)


def test_a_debit_nobody_heard_of_is_not_found(talk):
    order = talk.order(talk.signed())
    assert talk.ask(order).standing is DebitStanding.NOT_FOUND


def test_nothing_secret_is_kept_of_the_wire(talk):
    mandate = talk.signed()
    order = talk.order(mandate)
    kept = repr(talk.debit(order).evidence)
    assert not mandate.secret or mandate.secret not in kept
    assert talk.account.credentials["password"] not in kept


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_an_answer_that_cannot_be_read_is_unknown_and_the_inquiry_tells(talk, fault):
    order = talk.order(talk.signed())
    operation = "payman/checkout" if talk.provider == "zarinpal" else "withdrawal/store"
    talk.bank.script(operation, fault)
    assert talk.debit(order).outcome is Outcome.UNKNOWN
    assert talk.ask(order).standing is DebitStanding.DONE
    assert len(talk.truth()) == 1


class TestWhereTheProviderRepeats:
    @pytest.fixture
    def talk(self, fresh_sandbox: Sandbox) -> Talk:
        return Talk("vandar", fresh_sandbox)

    def test_it_says_so(self, talk):
        assert talk.adapter.debits.retries is Retries.PROVIDER

    def test_pending_with_an_error_becomes_done_when_money_comes(self, talk):
        mandate = talk.signed()
        talk.hand("balance", mobile=MOBILE, rial=0)
        order = talk.order(mandate, max_tries=4)
        assert talk.debit(order).outcome is Outcome.PENDING
        waiting = talk.ask(order)
        assert (waiting.standing, waiting.failure, waiting.tries) == (
            DebitStanding.PENDING,
            Failure.NO_FUNDS,
            1,
        )
        talk.bank.advance(24 * 3600 + 60)
        talk.hand("balance", mobile=MOBILE, rial=5_000_000)
        talk.bank.advance(24 * 3600)
        answer = talk.ask(order)
        assert (answer.standing, answer.failure) == (DebitStanding.DONE, None)

    def test_it_fails_only_when_its_tries_are_used_up(self, talk):
        mandate = talk.signed()
        talk.hand("balance", mobile=MOBILE, rial=0)
        order = talk.order(mandate, max_tries=3)
        talk.debit(order)
        talk.bank.advance(24 * 3600)
        assert talk.ask(order).standing is DebitStanding.PENDING
        talk.bank.advance(24 * 3600)
        assert talk.ask(order).standing is DebitStanding.FAILED

    def test_a_withdrawal_that_waits_can_be_taken_back(self, talk):
        mandate = talk.signed()
        talk.hand("balance", mobile=MOBILE, rial=0)
        order = talk.order(mandate, max_tries=3)
        talk.debit(order)
        reference = talk.ask(order).reference
        answer = talk.adapter.cancel_debit(talk.account, order, reference)
        assert answer.standing is DebitStanding.CANCELLED

    def test_money_given_back_is_told(self, talk):
        order = talk.order(talk.signed())
        talk.debit(order)
        talk.hand("refund", key=order.key)
        assert talk.ask(order).standing is DebitStanding.REFUNDED

    def test_a_signature_nobody_confirms_in_time_is_void(self, talk):
        claim = talk.come_back()
        talk.bank.advance(21 * 60)
        mandate = SignedMandate(authority=claim.authority, mandate_ref=claim.mandate_ref)
        talk.adapter.confirm_mandate(talk.account, mandate)
        assert (
            talk.adapter.inquire_mandate(talk.account, mandate).standing is MandateStanding.REVOKED
        )

    def test_a_bank_that_is_down_is_not_attempted(self, talk):
        order = talk.order(talk.signed())
        talk.bank.script("bank down", "error")
        assert talk.debit(order).outcome is Outcome.NOT_ATTEMPTED

    def test_pay_day_fills_the_account(self, talk):
        talk.signed()
        talk.hand("balance", mobile=MOBILE, rial=0)
        talk.hand("pay-day", mobile=MOBILE, day=1, rial=7_000_000)
        talk.bank.advance(40 * 24 * 3600)
        talk.truth()
        accounts = talk.bank.ledger()["accounts"]
        assert accounts[f"account:{MOBILE}"] >= 7_000_000
