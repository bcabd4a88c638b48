"""Behpardakht Mellat over real SOAP: verified and then settled, or the bank sends it back."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import zeep

from core.http import InsideTransaction
from payments.providers.contract import Account, Outcome, PaymentRequest, Session, Standing
from payments.providers.mellat import MELLAT, Mellat
from tests.sandbox_server import Sandbox, free_port

AMOUNT = 900_000
SERVICE = "/mellat/pgwchannel/services/pgw"
gateway = Mellat()


@pytest.fixture
def account(fresh_sandbox: Sandbox) -> Account:
    return account_of(fresh_sandbox)


def account_of(bank: Sandbox, **changes: str) -> Account:
    credentials = {"terminal_id": "4521", "username": "kafe", "password": "pass-4521"} | changes
    return Account(base_url=f"{bank.base_url}/mellat", credentials=credentials)


def ask(**changes) -> PaymentRequest:
    asked = PaymentRequest(
        reference=str(uuid4()),
        amount_rial=AMOUNT,
        description="سفارش ۷",
        callback_url="http://vafa.test/pay/return/token/",
        number=uuid4().int >> 65,
    )
    return replace(asked, **changes)


def opened(account: Account, **changes) -> Session:
    asked = ask(**changes)
    answer = gateway.request(account, asked)
    assert answer.outcome is Outcome.OK, answer
    return Session(
        authority=answer.authority,
        amount_rial=asked.amount_rial,
        reference=asked.reference,
        number=asked.number,
    )


def paid(account: Account, bank: Sandbox, card: str = "success", **changes) -> Session:
    session = opened(account, **changes)
    claim = gateway.parse_callback(bank.pay(session.authority, card)["fields"])
    assert claim is not None
    assert claim.claims_success
    assert "CardHolderInfo" not in claim.references
    return replace(session, callback_references=claim.references)


def state(bank: Sandbox) -> str:
    return str(bank.payments()[0]["state"])


def test_verified_then_settled_and_each_told_again(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    confirmed = [gateway.confirm(account, session) for _ in range(2)]
    assert [one.outcome for one in confirmed] == [Outcome.OK, Outcome.ALREADY]
    assert [one.evidence.code for one in confirmed] == ["0", "43"]
    assert confirmed[0].amount_rial == AMOUNT
    assert confirmed[0].provider_ref == session.callback_references["SaleReferenceId"]
    assert state(fresh_sandbox) == "PAID"
    settled = [gateway.settle(account, session) for _ in range(2)]
    assert [one.outcome for one in settled] == [Outcome.OK, Outcome.ALREADY]
    assert state(fresh_sandbox) == "VERIFIED"


def test_what_is_verified_and_not_settled_goes_back(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    gateway.confirm(account, session)
    fresh_sandbox.advance(31 * 60)
    answer = gateway.settle(account, session)
    assert (answer.outcome, answer.evidence.code) == (Outcome.DECLINED, "48")
    assert gateway.inquire(account, session).standing is Standing.RETURNED
    assert gateway.confirm(account, session).outcome is Outcome.DECLINED
    assert state(fresh_sandbox) == "RETURNED"


def test_settling_before_verifying_is_refused(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    answer = gateway.settle(account, session)
    assert (answer.outcome, answer.evidence.code) == (Outcome.UNKNOWN, "44")
    assert state(fresh_sandbox) == "PAID"


@pytest.mark.parametrize(
    ("fault", "code", "outcome", "then"),
    [
        ("error", 46, Outcome.NOT_ATTEMPTED, Outcome.OK),
        ("error", 34, Outcome.UNKNOWN, Outcome.OK),
        ("html_500", 0, Outcome.UNKNOWN, Outcome.OK),
        ("timeout_not_done", 0, Outcome.UNKNOWN, Outcome.OK),
        ("timeout_done", 0, Outcome.UNKNOWN, Outcome.ALREADY),
        ("html_500_done", 0, Outcome.UNKNOWN, Outcome.ALREADY),
    ],
)
def test_a_settlement_is_repeated_until_done(account, fresh_sandbox, fault, code, outcome, then):
    """Scenario 9: 46, system error, maintenance, time-outs of the settle step."""
    session = paid(account, fresh_sandbox)
    gateway.confirm(account, session)
    fresh_sandbox.script("settle", fault, code=code, times=3)
    answers = [gateway.settle(account, session).outcome for _ in range(3)]
    assert answers[0] is outcome
    assert gateway.inquire(account, session).standing in {
        Standing.CONFIRMED,
        Standing.PAID_UNCONFIRMED,
    }
    assert gateway.settle(account, session).outcome is then
    assert state(fresh_sandbox) == "VERIFIED"
    assert sum(entry["memo"] == "confirmed" for entry in fresh_sandbox.ledger()["entries"]) == 3


def test_a_fresh_success_twice_names_one_reference(account, fresh_sandbox):
    """Scenario 6: the unique reference decides, not the bank's word."""
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", "fresh_twice", times=2)
    first, second = (gateway.confirm(account, session) for _ in range(2))
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.OK)
    assert first.provider_ref == second.provider_ref


def test_inquiry_tells_every_standing(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    standings = [gateway.inquire(account, session).standing]
    gateway.confirm(account, session)
    gateway.settle(account, session)
    standings.append(gateway.inquire(account, session).standing)
    gateway.reverse(account, session)
    standings.append(gateway.inquire(account, session).standing)
    assert standings == [Standing.PAID_UNCONFIRMED, Standing.CONFIRMED, Standing.RETURNED]


def test_a_reversal_is_repeatable_and_late_it_is_refused(account, fresh_sandbox):
    early, late = paid(account, fresh_sandbox), paid(account, fresh_sandbox)
    for session in (early, late):
        gateway.confirm(account, session)
        gateway.settle(account, session)
    assert gateway.reverse(account, early).outcome is Outcome.OK
    assert gateway.reverse(account, early).outcome is Outcome.ALREADY
    fresh_sandbox.advance(31 * 60)
    assert gateway.reverse(account, late).outcome is Outcome.DECLINED


def test_another_orders_reference_is_neither_confirmed_nor_reversed(account, fresh_sandbox):
    cheap, dear = paid(account, fresh_sandbox, amount_rial=10_000), opened(account)
    forged = replace(dear, callback_references=cheap.callback_references)
    assert gateway.confirm(account, forged).outcome is Outcome.MISMATCH
    assert gateway.reverse(account, forged).outcome is Outcome.DECLINED
    lying = dict(cheap.callback_references) | {"SaleOrderId": str(dear.number)}
    answer = gateway.confirm(account, replace(dear, callback_references=lying))
    assert (answer.outcome, answer.evidence.code) == (Outcome.DECLINED, "42")


@pytest.mark.parametrize(("card", "code"), [("cancel", "17"), ("insufficient_funds", "12")])
def test_a_return_without_money_claims_nothing(account, fresh_sandbox, card, code):
    told = fresh_sandbox.pay(opened(account).authority, card)
    assert told["fields"]["ResCode"] == code
    claim = gateway.parse_callback(told["fields"])
    assert claim is not None
    assert not claim.claims_success


def test_without_a_return_nothing_can_be_asked(account, fresh_sandbox):
    session = opened(account)
    before = len(fresh_sandbox.log())
    assert gateway.confirm(account, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.inquire(account, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.settle(account, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.reverse(account, session).outcome is Outcome.DECLINED
    assert len(fresh_sandbox.log()) == before


CHAOS = {
    "timeout_done": Outcome.UNKNOWN,
    "timeout_not_done": Outcome.UNKNOWN,
    "html_500": Outcome.UNKNOWN,
    "html_500_done": Outcome.UNKNOWN,
    "bad_json": Outcome.UNKNOWN,
    "http_429": Outcome.NOT_ATTEMPTED,
    "slow_body": Outcome.OK,
    "wrong_content_type": Outcome.OK,
}


@pytest.mark.parametrize("fault", CHAOS)
def test_chaos_on_the_wire_has_a_known_outcome(account, fresh_sandbox, fault):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", fault)
    assert gateway.confirm(account, session).outcome is CHAOS[fault]


@pytest.mark.parametrize("code", [-1, 7, 34, 51, 113, 999])
def test_a_code_that_settles_nothing_is_unknown(account, fresh_sandbox, code):
    session = paid(account, fresh_sandbox)
    fresh_sandbox.script("verify", "error", code=code)
    assert gateway.confirm(account, session).outcome is Outcome.UNKNOWN


def test_refusals_of_a_request(account, fresh_sandbox):
    asked = ask()
    assert gateway.request(account, asked).outcome is Outcome.OK
    stranger = account_of(fresh_sandbox, password="another")
    told = [
        (one.outcome, one.evidence.code)
        for one in (
            gateway.request(account, asked),
            gateway.request(account, ask(amount_rial=999)),
            gateway.request(account, ask(callback_url="ftp://x")),
            gateway.request(stranger, ask()),
        )
    ]
    assert told == [
        (Outcome.DECLINED, "41"),
        (Outcome.DECLINED, "25"),
        (Outcome.NOT_ATTEMPTED, "62"),
        (Outcome.NOT_ATTEMPTED, "24"),
    ]
    with pytest.raises(ValueError, match="number"):
        gateway.request(account, ask(number=0))


def test_the_browser_goes_by_a_form(account, fresh_sandbox):
    way = gateway.redirect(account, opened(account).authority)
    assert way.method == "POST"
    assert fresh_sandbox.http.post(way.url, data=dict(way.fields)).status_code == 200
    assert fresh_sandbox.http.get(way.url).status_code == 405


def test_nobody_answering_was_not_attempted():
    nowhere = Account(
        base_url=f"http://127.0.0.1:{free_port()}",
        credentials={"terminal_id": "1", "username": "u", "password": "p"},
    )
    assert gateway.request(nowhere, ask()).outcome is Outcome.NOT_ATTEMPTED


def test_no_call_inside_a_transaction(account, monkeypatch):
    monkeypatch.setattr("core.http.in_real_transaction", lambda: True)
    with pytest.raises(InsideTransaction):
        gateway.request(account, ask())


def test_the_wire_speaks_rial_and_keeps_no_secret(account, fresh_sandbox):
    answer = gateway.request(account, ask())
    sent = fresh_sandbox.log()[0]["asked"]
    assert (sent["amount"], sent["payerId"]) == (AMOUNT, "0")
    kept = repr(answer.evidence)
    assert "pass-4521" not in kept
    assert "return/token" not in kept
    assert "pass-4521" not in str(fresh_sandbox.log())


def test_a_plain_soap_client_works_unchanged(fresh_sandbox):
    """Anybody's client finds the service by its address, and pays, verifies and settles."""
    client = zeep.Client(f"{fresh_sandbox.base_url}{SERVICE}?wsdl")
    who = {"terminalId": 77, "userName": "u", "userPassword": "p"}
    said = client.service.bpPayRequest(
        **who,
        orderId=2**62 + 5,
        amount=50_000,
        localDate="20261127",
        localTime="101500",
        additionalData="",
        callBackUrl="https://shop.test/back",
        payerId="0",
    )
    code, _, ref_id = said.partition(",")
    assert code == "0"
    back = fresh_sandbox.pay(ref_id)["fields"]
    sale = {
        "orderId": 2**62 + 5,
        "saleOrderId": int(back["SaleOrderId"]),
        "saleReferenceId": int(back["SaleReferenceId"]),
    }
    assert client.service.bpVerifyRequest(**who, **sale) == "0"
    assert client.service.bpSettleRequest(**who, **sale) == "0"
    assert client.service.bpInquiryRequest(**who, **sale) == "45"


EMPTY_QUESTION = (
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
    '<bpVerifyRequest xmlns="http://interfaces.core.sw.bps.com/"/></S:Body></S:Envelope>'
)


@pytest.mark.parametrize(
    "body",
    ["no xml", "<a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", EMPTY_QUESTION],
)
def test_what_is_no_question_of_this_service_is_a_fault(fresh_sandbox, body):
    answer: httpx.Response = fresh_sandbox.http.post(SERVICE, content=body.encode())
    assert answer.status_code == 500
    assert "Fault" in answer.text


def test_both_sides_hold_the_same_description():
    ours, banks = (
        Path(place, "mellat", "pgw.wsdl").read_text(encoding="utf-8")
        for place in ("payments/providers", "sandbox")
    )
    assert ours == banks


def test_credentials_are_checked():
    assert MELLAT.malformed({"terminal_id": "1", "username": "u"}) == "password"
    assert MELLAT.malformed({"terminal_id": "x", "username": "u", "password": "p"}) == "terminal_id"
