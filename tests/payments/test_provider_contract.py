"""One suite over every adapter, against the sandbox over real HTTP. No database is needed."""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers import adapter_of
from payments.providers.contract import (
    Account,
    Gateway,
    Outcome,
    PaymentRequest,
    Session,
    Standing,
    WireUnit,
)
from tests.sandbox_server import free_port

AMOUNT = 900_000


@pytest.fixture(params=["zarinpal"])
def gateway(request) -> Gateway:
    return adapter_of(request.param)


@pytest.fixture
def account(fresh_sandbox) -> Account:
    return Account(base_url=fresh_sandbox.base_url, credentials={"merchant_id": str(uuid4())})


def ask(amount=AMOUNT, **changes) -> PaymentRequest:
    asked = PaymentRequest(
        reference=str(uuid4()),
        amount_rial=amount,
        description="سفارش ۷",
        callback_url="http://vafa.test/pay/return/token/",
        mobile="+989121234567",
    )
    return replace(asked, **changes)


def opened(gateway, account, amount=AMOUNT) -> Session:
    asked = ask(amount)
    answer = gateway.request(account, asked)
    assert answer.outcome is Outcome.OK, answer
    return Session(
        authority=answer.authority, amount_rial=asked.amount_rial, reference=asked.reference
    )


def paid(gateway, account, bank, amount=AMOUNT, card="success") -> Session:
    session = opened(gateway, account, amount)
    bank.pay(session.authority, card)
    return session


def test_a_payment_is_confirmed_once_and_then_already(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)

    first = gateway.confirm(account, session)
    second = gateway.confirm(account, session)

    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.ALREADY)
    assert first.amount_rial == AMOUNT
    assert first.provider_ref is not None
    assert first.provider_ref == second.provider_ref
    assert first.masked_pan.endswith(fresh_sandbox.payments()[0]["card_pan"][-4:])
    assert len(first.card_hash) == 64


def test_amounts_travel_in_the_declared_unit(gateway, account, fresh_sandbox):
    opened(gateway, account)

    (sent,) = [told["asked"] for told in fresh_sandbox.log() if told["operation"] == "request"]
    assert sent["currency"] == gateway.capabilities.wire_units["request"] == WireUnit.IRR
    assert sent["amount"] == AMOUNT


def test_the_redirect_leads_to_the_bank_page(gateway, account, fresh_sandbox):
    session = opened(gateway, account)
    way = gateway.redirect(account, session.authority)
    assert fresh_sandbox.http.get(way.url, follow_redirects=True).status_code == 200


def test_confirming_another_amount_is_a_mismatch(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    for wrong in (AMOUNT * 10, AMOUNT // 10, AMOUNT + 1):
        answer = gateway.confirm(account, replace(session, amount_rial=wrong))
        assert answer.outcome is Outcome.MISMATCH
        assert answer.amount_rial is None


def test_confirming_another_order_is_a_mismatch(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    answer = gateway.confirm(account, replace(session, reference=str(uuid4())))
    assert answer.outcome is Outcome.MISMATCH


def test_confirming_with_another_merchant_is_a_mismatch(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    stranger = replace(account, credentials={"merchant_id": str(uuid4())})
    assert gateway.confirm(stranger, session).outcome is Outcome.MISMATCH


def test_confirming_what_was_not_paid_is_declined(gateway, account):
    answer = gateway.confirm(account, opened(gateway, account))
    assert answer.outcome is Outcome.DECLINED


def test_inquiry_tells_every_standing(gateway, account, fresh_sandbox):
    session = opened(gateway, account)
    standings = [gateway.inquire(account, session).standing]
    fresh_sandbox.pay(session.authority)
    standings.append(gateway.inquire(account, session).standing)
    gateway.confirm(account, session)
    standings.append(gateway.inquire(account, session).standing)
    gateway.reverse(account, session)
    standings.append(gateway.inquire(account, session).standing)

    assert standings == [
        Standing.AT_BANK,
        Standing.PAID_UNCONFIRMED,
        Standing.CONFIRMED,
        Standing.RETURNED,
    ]


@pytest.mark.parametrize("card", ["insufficient_funds", "cancel"])
def test_inquiry_tells_a_failed_session(gateway, account, fresh_sandbox, card):
    session = opened(gateway, account)
    fresh_sandbox.at_bank(session.authority, card)
    assert gateway.inquire(account, session).standing is Standing.FAILED


def test_inquiry_about_an_unknown_session_finds_nothing(gateway, account):
    session = Session(authority="S" + "0" * 35, amount_rial=AMOUNT, reference="x")
    answer = gateway.inquire(account, session)
    assert (answer.outcome, answer.standing) == (Outcome.OK, Standing.NOT_FOUND)


def test_unconfirmed_money_is_listed_with_its_true_amount(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    done = paid(gateway, account, fresh_sandbox)
    gateway.confirm(account, done)

    listed = gateway.list_unverified(account)

    assert listed.outcome is Outcome.OK
    (row,) = listed.rows
    assert (row.authority, row.amount_rial) == (session.authority, AMOUNT)
    assert row.callback_url == "http://vafa.test/pay/return/token/"


def test_a_reversal_happens_once(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    gateway.confirm(account, session)

    assert gateway.reverse(account, session).outcome is Outcome.OK
    assert gateway.reverse(account, session).outcome is Outcome.UNKNOWN  # -61: inquire
    assert gateway.inquire(account, session).standing is Standing.RETURNED


def test_a_late_reversal_is_declined(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    gateway.confirm(account, session)
    fresh_sandbox.advance(31 * 60)
    assert gateway.reverse(account, session).outcome is Outcome.DECLINED


def test_a_refused_terminal_was_not_attempted(gateway, account, fresh_sandbox):
    for code in (-10, -11, -12, -15, -19):
        fresh_sandbox.merchant(account.credentials["merchant_id"], refusal=code)
        answer = gateway.request(account, ask())
        assert (answer.outcome, answer.evidence.code) == (Outcome.NOT_ATTEMPTED, str(code))


def test_amounts_outside_the_limits_are_declined(gateway, account):
    limits = gateway.capabilities
    for amount in (limits.min_rial - 1, limits.max_rial + 1):
        assert gateway.request(account, ask(amount)).outcome is Outcome.DECLINED
    for amount in (limits.min_rial, limits.max_rial):
        assert gateway.request(account, ask(amount)).outcome is Outcome.OK


# Fault → what a confirmation may honestly say of it.
CHAOS = {
    "timeout_done": Outcome.UNKNOWN,
    "timeout_not_done": Outcome.UNKNOWN,
    "html_500": Outcome.UNKNOWN,
    "html_500_done": Outcome.UNKNOWN,
    "bad_json": Outcome.UNKNOWN,
    "http_429": Outcome.NOT_ATTEMPTED,
    "slow_body": Outcome.OK,
    "data_list": Outcome.OK,
    "int_as_string": Outcome.OK,
    "persian_digits": Outcome.OK,
    "missing_field": Outcome.OK,
    "wrong_content_type": Outcome.OK,
}


@pytest.mark.parametrize("fault", CHAOS)
def test_chaos_on_the_wire_has_a_known_outcome(gateway, account, fresh_sandbox, fault):
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script("verify", fault)

    answer = gateway.confirm(account, session)

    assert answer.outcome is CHAOS[fault]
    if answer.outcome is Outcome.OK and fault != "missing_field":
        assert answer.provider_ref == str(fresh_sandbox.payments()[0]["ref_id"])


@pytest.mark.parametrize("code", [-52, -99, 7, 100])
def test_an_error_code_nobody_documented_is_unknown(gateway, account, fresh_sandbox, code):
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script("verify", "error_200", code=code)
    assert gateway.confirm(account, session).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("operation", ["request", "inquiry", "unVerified", "reverse"])
@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500", "bad_json"])
def test_no_call_guesses(gateway, account, fresh_sandbox, operation, fault):
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script(operation, fault)
    answer = {
        "request": lambda: gateway.request(account, ask()),
        "inquiry": lambda: gateway.inquire(account, session),
        "unVerified": lambda: gateway.list_unverified(account),
        "reverse": lambda: gateway.reverse(account, session),
    }[operation]()
    assert answer.outcome is Outcome.UNKNOWN


def test_a_provider_nobody_answers_at_was_not_attempted(gateway):
    nowhere = Account(
        base_url=f"http://127.0.0.1:{free_port()}", credentials={"merchant_id": str(uuid4())}
    )
    session = Session(authority="S" + "0" * 35, amount_rial=AMOUNT, reference="x")
    assert gateway.request(nowhere, ask()).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.confirm(nowhere, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.inquire(nowhere, session).outcome is Outcome.NOT_ATTEMPTED


def test_evidence_holds_no_secret(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    confirmed = gateway.confirm(account, session)
    requested = gateway.request(account, ask())
    kept = repr((confirmed.evidence, requested.evidence))

    assert account.credentials["merchant_id"] not in kept
    assert confirmed.card_hash not in kept
    assert "9121234567" not in kept
    assert "return/token" not in kept
    assert account.credentials["merchant_id"] not in repr(account)
    assert confirmed.card_hash not in repr(confirmed)


def test_a_callback_is_read_and_not_believed(gateway):
    claim = gateway.parse_callback({"Authority": " S1 ", "Status": "ok"})
    assert claim is not None
    assert (claim.authority, claim.claims_success) == ("S1", True)
    assert gateway.parse_callback({"Status": "OK"}) is None
    assert gateway.parse_callback({}) is None
    refused = gateway.parse_callback({"authority": "S1", "status": "NOK"})
    assert refused is not None
    assert not refused.claims_success


def test_credentials_are_checked_before_they_are_kept(gateway):
    assert gateway.malformed({}) == "merchant_id"
    assert gateway.malformed({"merchant_id": "1234"}) == "merchant_id"
    assert gateway.malformed({"merchant_id": uuid4().hex}) == "merchant_id"
    assert gateway.malformed({"merchant_id": str(uuid4())}) == ""
