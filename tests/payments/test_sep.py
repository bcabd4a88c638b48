"""SEP over real HTTP: verified by what the browser brings, once, within half an hour."""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers.contract import Account, Outcome, PaymentRequest, Session
from payments.providers.sep import SEP, Sep
from tests.sandbox_server import Sandbox

AMOUNT = 900_000
gateway = Sep()


@pytest.fixture
def account(fresh_sandbox: Sandbox) -> Account:
    return account_of(fresh_sandbox, "21001234")


def account_of(bank: Sandbox, terminal: str, **more: str) -> Account:
    credentials = {"terminal_id": terminal} | more
    return Account(base_url=f"{bank.base_url}/sep", credentials=credentials)


def ask(**changes) -> PaymentRequest:
    asked = PaymentRequest(
        reference=str(uuid4()),
        amount_rial=AMOUNT,
        description="سفارش ۷",
        callback_url="http://vafa.test/pay/return/token/",
        mobile="+989121234567",
    )
    return replace(asked, **changes)


def paid(account: Account, bank: Sandbox, card: str = "success", **changes) -> Session:
    asked = ask(**changes)
    opened = gateway.request(account, asked)
    assert opened.outcome is Outcome.OK, opened
    session = Session(
        authority=opened.authority, amount_rial=asked.amount_rial, reference=asked.reference
    )
    told = bank.pay(opened.authority, card)
    claim = gateway.parse_callback(told["fields"])
    assert claim is not None
    assert claim.authority == opened.authority
    return replace(session, callback_references=claim.references)


def test_a_verified_payment_says_so_again_and_the_reference_stays(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    first, second = (gateway.confirm(account, session) for _ in range(2))
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.OK)
    assert gateway.capabilities.reference_once
    assert first.provider_ref == second.provider_ref == session.callback_references["RefNum"]
    assert (first.amount_rial, len(first.card_hash)) == (AMOUNT, 64)
    assert first.masked_pan.endswith(fresh_sandbox.payments()[0]["card_pan"][-4:])
    memos = [entry["memo"] for entry in fresh_sandbox.ledger()["entries"]]
    assert memos.count("confirmed") == 3  # one posting of three lines


def test_the_other_table_and_the_other_spelling_are_understood(fresh_sandbox):
    account = account_of(fresh_sandbox, "21001239")
    session = paid(account, fresh_sandbox)
    first, second = (gateway.confirm(account, session) for _ in range(2))
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.ALREADY)
    assert first.amount_rial == second.amount_rial == AMOUNT
    assert gateway.reverse(account, session).outcome is Outcome.OK
    assert gateway.reverse(account, session).outcome is Outcome.ALREADY
    assert gateway.confirm(account, session).outcome is Outcome.DECLINED


def test_the_browser_goes_by_a_form_and_needs_a_referer(account, fresh_sandbox):
    opened = gateway.request(account, ask())
    way = gateway.redirect(account, opened.authority)
    assert (way.method, way.fields["Token"]) == ("POST", opened.authority)
    bare = fresh_sandbox.http.post(way.url, data=dict(way.fields))
    told = fresh_sandbox.http.post(
        way.url, data=dict(way.fields), headers={"Referer": "http://vafa.test/"}
    )
    assert (bare.status_code, told.status_code) == (403, 200)


@pytest.mark.parametrize(("card", "state"), [("cancel", "CanceledByUser"), ("timeout", "Failed")])
def test_a_return_without_money_claims_nothing(account, fresh_sandbox, card, state):
    opened = gateway.request(account, ask())
    told = fresh_sandbox.pay(opened.authority, card)
    assert told["fields"]["State"] == state
    claim = gateway.parse_callback(told["fields"])
    assert claim is not None
    assert not claim.claims_success
    assert "RefNum" not in claim.references


def test_another_amount_is_a_mismatch_that_names_what_was_taken(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    for wrong in (AMOUNT * 10, AMOUNT // 10, AMOUNT + 1):
        answer = gateway.confirm(account, replace(session, amount_rial=wrong))
        assert (answer.outcome, answer.amount_rial) == (Outcome.MISMATCH, AMOUNT)
        assert answer.provider_ref == session.callback_references["RefNum"]


def test_a_bank_that_took_ten_times_as_much_is_a_mismatch(account, fresh_sandbox):
    fresh_sandbox.script("pay", "amount_tenfold")
    answer = gateway.confirm(account, paid(account, fresh_sandbox))
    assert (answer.outcome, answer.amount_rial) == (Outcome.MISMATCH, AMOUNT * 10)


def test_the_reference_of_another_order_is_neither_confirmed_nor_reversed(account, fresh_sandbox):
    cheap, dear = paid(account, fresh_sandbox, amount_rial=10_000), ask()
    forged = Session(
        authority=gateway.request(account, dear).authority,
        amount_rial=dear.amount_rial,
        reference=dear.reference,
        callback_references=cheap.callback_references,
    )
    assert gateway.confirm(account, forged).outcome is Outcome.MISMATCH
    assert gateway.reverse(account, forged).outcome is Outcome.DECLINED
    lying = dict(cheap.callback_references) | {"ResNum": dear.reference}
    answer = gateway.confirm(account, replace(forged, callback_references=lying))
    assert (answer.outcome, answer.amount_rial) == (Outcome.MISMATCH, 10_000)


def test_another_terminals_reference_is_not_found(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    for setting, outcome in (
        ({}, Outcome.UNKNOWN),
        ({"minus_two": "not_found"}, Outcome.DECLINED),
        ({"minus_two": "not_allowed"}, Outcome.NOT_ATTEMPTED),
    ):
        stranger = account_of(fresh_sandbox, "777", **setting)
        assert gateway.confirm(stranger, session).outcome is outcome


def test_half_an_hour_later_the_bank_has_sent_the_money_back(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.advance(31 * 60)
    answer = gateway.confirm(account, session)
    assert (answer.outcome, answer.evidence.code) == (Outcome.DECLINED, "-6")
    assert fresh_sandbox.payments()[0]["state"] == "RETURNED"


def test_a_reversal_is_repeatable_and_ends_with_the_window(account, fresh_sandbox):
    session, late = paid(account, fresh_sandbox), paid(account, fresh_sandbox)
    gateway.confirm(account, session)
    gateway.confirm(account, late)
    assert gateway.reverse(account, session).outcome is Outcome.OK
    assert gateway.reverse(account, session).outcome is Outcome.ALREADY
    assert gateway.confirm(account, session).outcome is Outcome.DECLINED
    fresh_sandbox.advance(31 * 60)
    assert gateway.reverse(account, late).outcome is Outcome.DECLINED


def test_a_lost_answer_is_found_by_verifying_again(account, fresh_sandbox):
    """Scenario 4: the verify was done, its answer lost."""
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", "timeout_done")
    assert gateway.confirm(account, session).outcome is Outcome.UNKNOWN
    assert gateway.inquire(account, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.confirm(account, session).outcome is Outcome.OK


def test_without_a_return_nothing_can_be_asked(account, fresh_sandbox):
    opened = gateway.request(account, ask())
    session = Session(authority=opened.authority, amount_rial=AMOUNT, reference="x")
    assert gateway.capabilities.needs_return
    assert gateway.confirm(account, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.reverse(account, session).outcome is Outcome.DECLINED
    assert [told["operation"] for told in fresh_sandbox.log()] == ["request"]


CHAOS = {
    "timeout_done": Outcome.UNKNOWN,
    "timeout_not_done": Outcome.UNKNOWN,
    "html_500": Outcome.UNKNOWN,
    "html_500_done": Outcome.UNKNOWN,
    "bad_json": Outcome.UNKNOWN,
    "data_list": Outcome.UNKNOWN,
    "http_429": Outcome.NOT_ATTEMPTED,
    "slow_body": Outcome.OK,
    "int_as_string": Outcome.OK,
    "persian_digits": Outcome.OK,
    "missing_field": Outcome.OK,
    "wrong_content_type": Outcome.OK,
}


@pytest.mark.parametrize("fault", CHAOS)
def test_chaos_on_the_wire_has_a_known_outcome(account, fresh_sandbox, fault):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", fault)
    assert gateway.confirm(account, session).outcome is CHAOS[fault]


@pytest.mark.parametrize("code", [-1, -99, 7, 0])
def test_a_code_without_its_success_is_unknown(account, fresh_sandbox, code):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", "error", code=code)
    assert gateway.confirm(account, session).outcome is Outcome.UNKNOWN


def test_refusals_of_a_request(account, fresh_sandbox):
    for code, outcome in ((8, Outcome.NOT_ATTEMPTED), (12, Outcome.NOT_ATTEMPTED)):
        fresh_sandbox.merchant("21001234", refusal=code)
        assert gateway.request(account, ask()).outcome is outcome
    fresh_sandbox.reset()
    asked = ask()
    assert gateway.request(account, asked).outcome is Outcome.OK
    for wrong in (asked, ask(amount_rial=999), ask(callback_url="ftp://x")):
        answer = gateway.request(account, wrong)
        assert (answer.outcome, answer.evidence.code) == (Outcome.DECLINED, "5")


def test_the_wire_speaks_rial_and_keeps_no_secret(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    confirmed = gateway.confirm(account, session)
    (sent,) = [told["asked"] for told in fresh_sandbox.log() if told["operation"] == "request"]
    assert (sent["Amount"], sent["CellNumber"]) == (AMOUNT, "09121234567")
    kept = repr((confirmed.evidence, gateway.request(account, ask()).evidence))
    assert confirmed.card_hash not in kept
    assert "return/token" not in kept
    assert "9121234567" not in kept


def test_credentials_are_checked():
    assert SEP.malformed({}) == "terminal_id"
    assert SEP.malformed({"terminal_id": "x"}) == "terminal_id"
    assert SEP.malformed({"terminal_id": "1", "minus_two": "maybe"}) == "minus_two"
    assert SEP.malformed({"terminal_id": "1", "minus_two": "not_found"}) == ""
