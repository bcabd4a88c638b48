"""Jibit's gateway against the sandbox over real HTTP."""

from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from payments.providers.contract import (
    Account,
    Outcome,
    PaymentRequest,
    Session,
    Standing,
)
from payments.providers.jibit import JIBIT_PPG
from payments.providers.jibit.ppg import JibitPpg
from tests.sandbox_server import free_port

AMOUNT = 900_000
gateway = JibitPpg()


def ask(amount=AMOUNT, **changes) -> PaymentRequest:
    asked = PaymentRequest(
        reference=str(uuid4()),
        amount_rial=amount,
        description="سفارش ۷",
        callback_url="http://vafa.test/pay/return/token/",
        mobile="+989121234567",
    )
    return replace(asked, **changes)


def opened(account, amount=AMOUNT) -> Session:
    asked = ask(amount)
    answer = gateway.request(account, asked)
    assert answer.outcome is Outcome.OK, answer
    return Session(authority=answer.authority, amount_rial=amount, reference=asked.reference)


def paid(account, bank, amount=AMOUNT) -> Session:
    session = opened(account, amount)
    bank.pay(session.authority)
    return session


def verified(account, bank, amount=AMOUNT) -> Session:
    session = paid(account, bank, amount)
    assert gateway.confirm(account, session).outcome is Outcome.OK
    return session


def test_a_payment_is_confirmed_once_and_then_already(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    first, second = gateway.confirm(account, session), gateway.confirm(account, session)

    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.ALREADY)
    assert first.amount_rial == second.amount_rial == AMOUNT
    row = fresh_sandbox.payments()[0]
    assert first.provider_ref == second.provider_ref == str(row["ref_id"])
    assert first.masked_pan == row["card_pan"]
    assert len(first.card_hash) == 64
    assert first.fee_rial == 9_000


def test_an_id_beyond_what_a_float_keeps_survives(account):
    session = opened(account)
    assert int(session.authority) > 2**53
    assert int(float(session.authority)) != int(session.authority)
    assert gateway.inquire(account, session).standing is Standing.AT_BANK


def test_the_browser_is_sent_where_the_provider_says(account, fresh_sandbox):
    answer = gateway.request(account, ask())
    assert answer.address == gateway.redirect(account, answer.authority).url
    assert fresh_sandbox.http.get(answer.address).status_code == 200


def test_the_browser_brings_a_form_back(account, fresh_sandbox):
    session = opened(account)
    page = fresh_sandbox.at_bank(session.authority)
    assert page.status_code == 200
    assert f'name="purchaseId" value="{session.authority}"' in page.text
    claim = gateway.parse_callback({"purchaseId": session.authority, "status": "SUCCESSFUL"})
    assert claim is not None
    assert (claim.authority, claim.claims_success) == (session.authority, True)
    for word in ("FAILED", "UNKNOWN", ""):
        claim = gateway.parse_callback({"purchaseId": "1", "status": word})
        assert claim is not None
        assert not claim.claims_success
    assert gateway.parse_callback({"status": "SUCCESSFUL"}) is None


def test_another_amount_or_order_is_a_mismatch(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    for wrong in (AMOUNT * 10, AMOUNT // 10, AMOUNT + 1):
        answer = gateway.confirm(account, replace(session, amount_rial=wrong))
        assert (answer.outcome, answer.amount_rial) == (Outcome.MISMATCH, AMOUNT)
    stranger = replace(session, reference=str(uuid4()))
    assert gateway.confirm(account, stranger).outcome is Outcome.MISMATCH
    assert gateway.inquire(account, stranger).outcome is Outcome.MISMATCH


def test_another_client_finds_nothing(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    other = replace(account, credentials={"api_key": "other", "secret_key": "s"})
    assert gateway.confirm(other, session).outcome is Outcome.DECLINED
    assert gateway.inquire(other, session).standing is Standing.NOT_FOUND


def test_inquiry_tells_every_standing(account, fresh_sandbox):
    session = opened(account)
    standings = [gateway.inquire(account, session).standing]
    assert gateway.confirm(account, session).outcome is Outcome.DECLINED
    fresh_sandbox.pay(session.authority)
    standings.append(gateway.inquire(account, session).standing)
    gateway.confirm(account, session)
    standings.append(gateway.inquire(account, session).standing)
    gateway.reverse(account, session)
    standings.append(gateway.inquire(account, session).standing)
    failed = opened(account)
    fresh_sandbox.at_bank(failed.authority, "cancel")
    standings.append(gateway.inquire(account, failed).standing)

    assert standings == [
        Standing.AT_BANK,
        Standing.PAID_UNCONFIRMED,
        Standing.CONFIRMED,
        Standing.RETURNED,
        Standing.FAILED,
    ]


def test_after_fifteen_minutes_the_money_goes_back(account, fresh_sandbox):
    session, unpaid = paid(account, fresh_sandbox), opened(account)
    fresh_sandbox.advance(16 * 60)

    assert gateway.confirm(account, session).outcome is Outcome.DECLINED
    assert gateway.inquire(account, session).standing is Standing.RETURNED
    assert gateway.inquire(account, unpaid).standing is Standing.FAILED
    assert fresh_sandbox.ledger()["balanced"]


def test_unconfirmed_money_is_listed_page_after_page(account, fresh_sandbox, monkeypatch):
    monkeypatch.setattr("payments.providers.jibit.ppg.adapter._PAGE_ROWS", 2)
    waiting = {paid(account, fresh_sandbox).authority for _ in range(3)}
    verified(account, fresh_sandbox)

    listed = gateway.list_unverified(account)

    assert listed.outcome is Outcome.OK
    assert {row.authority for row in listed.rows} == waiting
    assert {row.amount_rial for row in listed.rows} == {AMOUNT}
    assert {row.callback_url for row in listed.rows} == {"http://vafa.test/pay/return/token/"}


def test_a_reversal_happens_once_and_only_if_enabled(account, fresh_sandbox, keys):
    session = verified(account, fresh_sandbox)
    fresh_sandbox.merchant(keys["api_key"], reverse_allowed=False)
    refused = gateway.reverse(account, session)
    assert (refused.outcome, refused.evidence.code) == (
        Outcome.DECLINED,
        "reverse.is_not_enabled",
    )
    fresh_sandbox.merchant(keys["api_key"], reverse_allowed=True)
    outcomes = [gateway.reverse(account, session).outcome for _ in range(2)]
    assert outcomes == [Outcome.OK, Outcome.ALREADY]


def test_auto_verified_is_already(account, fresh_sandbox, keys):
    fresh_sandbox.merchant(keys["api_key"], policy="AUTO_FINAL")
    answer = gateway.confirm(account, paid(account, fresh_sandbox))
    assert (answer.outcome, answer.amount_rial) == (Outcome.OK.ALREADY, AMOUNT)


@pytest.mark.parametrize("amount", [4_999, 2_000_000_001])
def test_amounts_outside_the_limits_are_declined(account, amount):
    assert gateway.request(account, ask(amount)).outcome is Outcome.DECLINED


@pytest.mark.parametrize("amount", [5_000, 2_000_000_000])
def test_the_limits_themselves_are_fine(account, amount):
    assert gateway.request(account, ask(amount)).outcome is Outcome.OK


def test_a_reference_twice_is_declined(account):
    asked = ask()
    assert gateway.request(account, asked).outcome is Outcome.OK
    again = gateway.request(account, asked)
    assert (again.outcome, again.evidence.code) == (
        Outcome.DECLINED,
        "clientReferenceNumber.duplicated",
    )


def test_a_token_that_ran_out_is_renewed_once_mid_flow(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.advance(25 * 3600)
    assert gateway.inquire(account, session).standing is Standing.RETURNED
    tokens = [one for one in fresh_sandbox.log() if one["operation"] == "jibit.ppg.token"]
    assert len(tokens) == 2


def test_wrong_keys_and_strange_addresses_attempt_nothing(account, fresh_sandbox, keys):
    opened(account)
    wrong = replace(account, credentials={**keys, "secret_key": "another"})
    refused = gateway.request(wrong, ask())
    assert (refused.outcome, refused.evidence.code) == (
        Outcome.NOT_ATTEMPTED,
        "security.bad_credentials",
    )
    fresh_sandbox.merchant(keys["api_key"], refusal=-10)
    refused = gateway.request(account, ask())
    assert (refused.outcome, refused.evidence.code) == (Outcome.NOT_ATTEMPTED, "ip.not_trusted")


CHAOS = {
    "timeout_done": Outcome.UNKNOWN,
    "timeout_not_done": Outcome.UNKNOWN,
    "html_500": Outcome.UNKNOWN,
    "html_500_done": Outcome.UNKNOWN,
    "error": Outcome.UNKNOWN,
    "error_200": Outcome.UNKNOWN,
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
def test_chaos_on_the_wire_has_a_known_outcome(account, fresh_sandbox, fault):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", fault)
    assert gateway.confirm(account, session).outcome is CHAOS[fault]


@pytest.mark.parametrize("fault", ["int_as_string", "persian_digits", "data_list"])
def test_what_was_verified_is_read_however_it_is_written(account, fresh_sandbox, fault):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("inquiry", fault)
    answer = gateway.confirm(account, session)
    assert (answer.outcome, answer.amount_rial) == (Outcome.OK, AMOUNT)


@pytest.mark.parametrize("fault", ["timeout_done", "html_500", "bad_json", "http_429", "error"])
def test_verified_for_an_amount_nobody_told_is_unknown(account, fresh_sandbox, fault):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("inquiry", fault)
    assert gateway.confirm(account, session).outcome is Outcome.UNKNOWN
    assert gateway.confirm(account, session).outcome is Outcome.ALREADY


@pytest.mark.parametrize("operation", ["request", "inquiry", "unVerified", "reverse"])
@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500", "bad_json"])
def test_no_call_guesses(account, fresh_sandbox, operation, fault):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script(operation, fault)
    outcome = {
        "request": lambda: gateway.request(account, ask()).outcome,
        "inquiry": lambda: gateway.inquire(account, session).outcome,
        "unVerified": lambda: gateway.list_unverified(account).outcome,
        "reverse": lambda: gateway.reverse(account, session).outcome,
    }[operation]()
    assert outcome is Outcome.UNKNOWN


def test_a_login_that_goes_wrong_attempted_nothing(account, fresh_sandbox):
    for fault in ("timeout_done", "html_500", "bad_json", "http_429"):
        fresh_sandbox.script("jibit.ppg.token", fault)
        assert gateway.request(account, ask()).outcome is Outcome.NOT_ATTEMPTED
    nowhere = Account(base_url=f"http://127.0.0.1:{free_port()}", credentials=account.credentials)
    assert gateway.request(nowhere, ask()).outcome is Outcome.NOT_ATTEMPTED


def test_evidence_holds_no_secret(account, fresh_sandbox, keys):
    session = paid(account, fresh_sandbox)
    confirmed, requested = gateway.confirm(account, session), gateway.request(account, ask())
    wrong = replace(account, credentials={**keys, "secret_key": "top-secret"})
    refused = gateway.request(wrong, ask())
    kept = repr((confirmed.evidence, requested.evidence, refused.evidence))
    for secret in (keys["secret_key"], "top-secret", confirmed.card_hash, "9121234567"):
        assert secret not in kept
    assert "return/token" not in kept


def test_the_product_names_a_missing_key(keys):
    assert JIBIT_PPG.malformed({}) == "api_key"
    assert JIBIT_PPG.malformed({"api_key": "a"}) == "secret_key"
    assert JIBIT_PPG.malformed(keys) == ""
    assert JIBIT_PPG.families(keys) == ("gateway", "refunds")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": None}, "amount.is_required"),
        ({"amount": "900000"}, "web.invalid_or_missing_body"),
        ({"amount": 4_999}, "amount.not_enough"),
        ({"wage": -1}, "wage.is_invalid"),
        ({"wage": 150_000}, "wage.must_be_less_than_fifteen_percent_of_purchase_amount"),
        ({"currency": None}, "currency.is_required"),
        ({"callbackUrl": None}, "callbackUrl.is_required"),
        ({"callbackUrl": "shop"}, "callbackUrl.is_invalid"),
        ({"clientReferenceNumber": None}, "clientReferenceNumber.is_required"),
        ({"description": "ا" * 257}, "description.max_length"),
        ({"payerMobileNumber": "12"}, "payerMobileNumber.is_invalid"),
    ],
)
def test_the_sandbox_refuses_with_the_documented_code(fresh_sandbox, keys, changes, code):
    token = fresh_sandbox.http.post(
        "/jibit/ppg/v3/tokens",
        json={"apiKey": keys["api_key"], "secretKey": keys["secret_key"]},
    ).json()["accessToken"]
    body = {
        "amount": 900_000,
        "currency": "IRR",
        "callbackUrl": "http://shop.test/back",
        "clientReferenceNumber": "o-1",
    }
    answer = fresh_sandbox.http.post(
        "/jibit/ppg/v3/purchases",
        json=body | changes,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert answer.json()["errors"][0]["code"] == code
