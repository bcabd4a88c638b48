"""One suite over every gateway product, against the sandbox over real HTTP. No database is needed.

The products and what they honestly differ in are in trials.py.
"""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers import PRODUCTS
from payments.providers.contract import Account, Gateway, Outcome, Session, Standing, WireUnit
from tests.payments.trials import (
    AMOUNT,
    RETURN_URL,
    TRIALS,
    Trial,
    ask,
    opened,
    paid,
    returned,
    way_back,
)
from tests.sandbox_server import Sandbox, free_port


@pytest.fixture(params=sorted(TRIALS))
def trial(request) -> Trial:
    return TRIALS[request.param]


@pytest.fixture
def gateway(trial: Trial) -> Gateway:
    return trial.gateway


@pytest.fixture
def account(trial: Trial, fresh_sandbox: Sandbox) -> Account:
    return trial.account(fresh_sandbox.base_url)


# Tried by suites of their own: what they differ in is more than data.
ALONE = {"jibit_ppg", "mellat", "sep", "snapppay"}


def test_every_gateway_is_tried():
    assert {one.provider for one in TRIALS.values()} | ALONE >= {
        name for name, product in PRODUCTS.items() if product.gateway
    }


def test_a_payment_is_confirmed_once_and_then_already(trial, gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)

    first = gateway.confirm(account, session)
    second = gateway.confirm(account, session)

    truth = fresh_sandbox.payments()[0]
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.ALREADY)
    assert first.amount_rial == second.amount_rial == AMOUNT
    assert first.provider_ref == second.provider_ref == str(truth["ref_id"])
    assert first.masked_pan.endswith(truth["card_pan"][-4:])
    assert len(first.card_hash) == (64 if trial.card_hash else 0)


def test_the_fee_told_is_the_fee_taken(gateway, account, fresh_sandbox):
    told = gateway.confirm(account, paid(gateway, account, fresh_sandbox)).fee_rial
    assert told in {None, fresh_sandbox.ledger()["accounts"]["fees"]}


def test_amounts_travel_in_the_declared_unit(gateway, account, fresh_sandbox):
    opened(gateway, account)
    (truth,) = fresh_sandbox.payments()
    assert gateway.capabilities.wire_units["request"] == WireUnit.IRR
    assert (truth["wire_amount"], truth["currency"], truth["amount_rial"]) == (
        AMOUNT,
        "IRR",
        AMOUNT,
    )


def test_the_redirect_leads_to_the_bank_page(gateway, account, fresh_sandbox):
    asked = ask()
    told = gateway.request(account, asked)
    way = gateway.redirect(account, told.authority)
    page = fresh_sandbox.http.request(
        way.method,
        told.address or way.url,
        data=dict(way.fields) or None,
        follow_redirects=True,
    )
    assert page.status_code == 200
    assert f"/bank/{told.authority}" in page.text


def test_what_comes_back_names_the_session_and_claims_what_happened(
    gateway, account, fresh_sandbox
):
    for card, success in (("success", True), ("cancel", False), ("insufficient_funds", False)):
        session = opened(gateway, account)
        claim = returned(gateway, fresh_sandbox, session, card)
        assert claim is not None
        assert (claim.authority, claim.claims_success) == (session.authority, success)


def test_a_lost_callback_brings_nothing(gateway, account, fresh_sandbox):
    session = opened(gateway, account)
    assert way_back(fresh_sandbox, fresh_sandbox.pay(session.authority, "callback_lost")) == ""
    assert gateway.parse_callback({}) is None


def test_confirming_another_amount_is_a_mismatch(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    for wrong in (AMOUNT * 10, AMOUNT // 10, AMOUNT + 1):
        answer = gateway.confirm(account, replace(session, amount_rial=wrong))
        assert answer.outcome is Outcome.MISMATCH
        assert answer.amount_rial in {None, AMOUNT}


def test_a_bank_that_charged_ten_times_as_much_is_a_mismatch(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox, 1_509_907)
    answer = gateway.confirm(account, session)
    assert answer.outcome is Outcome.MISMATCH
    assert answer.amount_rial in {None, 15_099_070}


def test_confirming_another_order_is_a_mismatch(trial, gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    other = replace(session, reference=str(uuid4()), number=session.number + 1)
    assert gateway.confirm(account, other).outcome is trial.other_order


def test_confirming_with_another_merchant_brings_nothing(trial, gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    stranger = trial.account(fresh_sandbox.base_url)
    assert gateway.confirm(stranger, session).outcome is trial.foreign
    assert fresh_sandbox.payments()[0]["state"] == "PAID"


def test_confirming_what_was_not_paid_is_declined(gateway, account):
    answer = gateway.confirm(account, opened(gateway, account))
    assert answer.outcome is Outcome.DECLINED


def test_confirming_after_the_window_is_declined(gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    window = gateway.capabilities.verify_window
    fresh_sandbox.advance(int(window.total_seconds()) if window else 30 * 60)
    answer = gateway.confirm(account, session)
    assert answer.outcome is Outcome.DECLINED
    assert fresh_sandbox.payments()[0]["state"] == "RETURNED"


def test_inquiry_tells_every_standing(trial, gateway, account, fresh_sandbox):
    if not gateway.capabilities.inquiry:
        pytest.skip("the provider cannot be asked")
    session = opened(gateway, account)
    standings = [gateway.inquire(account, session).standing]
    claim = returned(gateway, fresh_sandbox, session)
    session = replace(session, callback_references=claim.references if claim else {})
    standings.append(gateway.inquire(account, session).standing)
    gateway.confirm(account, session)
    standings.append(gateway.inquire(account, session).standing)

    assert standings == [trial.unpaid, Standing.PAID_UNCONFIRMED, Standing.CONFIRMED]


def test_inquiry_tells_money_the_bank_took_back(gateway, account, fresh_sandbox):
    if not gateway.capabilities.inquiry:
        pytest.skip("the provider cannot be asked")
    session = paid(gateway, account, fresh_sandbox, card="auto_returned")
    assert gateway.inquire(account, session).standing is Standing.RETURNED


@pytest.mark.parametrize("card", ["insufficient_funds", "cancel", "timeout"])
def test_inquiry_tells_a_failed_session(gateway, account, fresh_sandbox, card):
    if not gateway.capabilities.inquiry:
        pytest.skip("the provider cannot be asked")
    session = opened(gateway, account)
    fresh_sandbox.at_bank(session.authority, card)
    assert gateway.inquire(account, session).standing is Standing.FAILED


def test_inquiry_about_an_unknown_session_finds_nothing(trial, gateway, account):
    session = Session(authority=trial.unknown_session, amount_rial=AMOUNT, reference="x")
    answer = gateway.inquire(account, session)
    if not gateway.capabilities.inquiry:
        assert answer.outcome is Outcome.NOT_ATTEMPTED
        return
    assert (answer.outcome, answer.standing) == (Outcome.OK, trial.unknown_standing)


def test_what_a_provider_cannot_do_is_not_attempted_without_a_call(gateway, account, fresh_sandbox):
    able = gateway.capabilities
    session = opened(gateway, account)
    before = len(fresh_sandbox.log())
    if not able.inquiry:
        assert gateway.inquire(account, session).outcome is Outcome.NOT_ATTEMPTED
    if not able.list_unverified:
        assert gateway.list_unverified(account).outcome is Outcome.NOT_ATTEMPTED
    if not able.reverse:
        assert gateway.reverse(account, session).outcome is Outcome.NOT_ATTEMPTED
    if not able.needs_settle:
        assert gateway.settle(account, session).outcome is Outcome.OK
    assert len(fresh_sandbox.log()) == before


def test_unconfirmed_money_is_listed_with_its_true_amount(gateway, account, fresh_sandbox):
    if not gateway.capabilities.list_unverified:
        pytest.skip("the provider has no such list")
    session = paid(gateway, account, fresh_sandbox)
    done = paid(gateway, account, fresh_sandbox)
    gateway.confirm(account, done)

    listed = gateway.list_unverified(account)

    assert listed.outcome is Outcome.OK
    (row,) = listed.rows
    assert (row.authority, row.amount_rial) == (session.authority, AMOUNT)
    assert row.callback_url in {"", RETURN_URL}


def test_a_reversal_happens_once(trial, gateway, account, fresh_sandbox):
    if not gateway.capabilities.reverse:
        pytest.skip("the provider does not reverse")
    session = paid(gateway, account, fresh_sandbox)
    gateway.confirm(account, session)

    assert gateway.reverse(account, session).outcome is Outcome.OK
    assert gateway.reverse(account, session).outcome is trial.again
    assert fresh_sandbox.payments()[0]["state"] == "REVERSED"
    if gateway.capabilities.inquiry:
        assert gateway.inquire(account, session).standing is Standing.RETURNED


def test_a_late_reversal_is_declined(gateway, account, fresh_sandbox):
    able = gateway.capabilities
    if not able.reverse:
        pytest.skip("the provider does not reverse")
    session = paid(gateway, account, fresh_sandbox)
    gateway.confirm(account, session)
    gateway.settle(account, session)
    fresh_sandbox.advance(int(able.reverse_window.total_seconds()) + 60)
    assert gateway.reverse(account, session).outcome is Outcome.DECLINED
    assert fresh_sandbox.payments()[0]["state"] == "VERIFIED"


def test_a_refused_terminal_was_not_attempted(trial, gateway, account, fresh_sandbox):
    for code in trial.terminal:
        fresh_sandbox.merchant(trial.merchant_of(account), refusal=code)
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
def test_chaos_on_the_wire_has_a_known_outcome(trial, gateway, account, fresh_sandbox, fault):
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script(trial.word("verify"), fault)

    answer = gateway.confirm(account, session)

    truth = fresh_sandbox.payments()[0]
    assert answer.outcome is trial.chaos.get(fault, CHAOS[fault])
    if answer.outcome is Outcome.OK:
        assert answer.amount_rial == AMOUNT
        assert answer.provider_ref in {None, str(truth["ref_id"])}
        assert answer.provider_ref or fault == "missing_field"
    assert truth["state"] in {"PAID", "VERIFIED"}


@pytest.mark.parametrize("fault", CHAOS)
def test_after_chaos_a_second_confirmation_tells_the_truth(
    trial, gateway, account, fresh_sandbox, fault
):
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script(trial.word("verify"), fault)
    gateway.confirm(account, session)

    answer = gateway.confirm(account, session)

    truth = fresh_sandbox.payments()[0]
    assert answer.outcome in {Outcome.OK, Outcome.ALREADY}
    assert (answer.amount_rial, answer.provider_ref) == (AMOUNT, str(truth["ref_id"]))
    assert truth["state"] == "VERIFIED"


def test_fresh_success_twice_is_the_same_money(trial, gateway, account, fresh_sandbox):
    """Our unique reference tells the second from a new payment."""
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script(trial.word("verify"), "fresh_twice", times=2)
    first, second = gateway.confirm(account, session), gateway.confirm(account, session)
    assert first.provider_ref == second.provider_ref
    assert first.amount_rial == second.amount_rial == AMOUNT


def test_an_error_code_nobody_documented_is_unknown(trial, gateway, account, fresh_sandbox):
    for code in trial.unheard_of:
        session = paid(gateway, account, fresh_sandbox)
        fresh_sandbox.script(trial.word("verify"), "error_200", code=code)
        assert gateway.confirm(account, session).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("operation", ["request", "inquiry", "unVerified", "reverse"])
@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500", "bad_json"])
def test_no_call_guesses(trial, gateway, account, fresh_sandbox, operation, fault):
    able = gateway.capabilities
    offered = {
        "request": True,
        "inquiry": able.inquiry,
        "unVerified": able.list_unverified,
        "reverse": able.reverse,
    }
    if not offered[operation]:
        pytest.skip("the provider has no such call")
    session = paid(gateway, account, fresh_sandbox)
    fresh_sandbox.script(trial.word(operation), fault)
    answer = {
        "request": lambda: gateway.request(account, ask()),
        "inquiry": lambda: gateway.inquire(account, session),
        "unVerified": lambda: gateway.list_unverified(account),
        "reverse": lambda: gateway.reverse(account, session),
    }[operation]()
    assert answer.outcome is Outcome.UNKNOWN


def test_a_provider_nobody_answers_at_was_not_attempted(trial, gateway):
    nowhere = trial.account(f"http://127.0.0.1:{free_port()}")
    session = Session(authority=trial.unknown_session, amount_rial=AMOUNT, reference="x", number=7)
    assert gateway.request(nowhere, ask()).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.confirm(nowhere, session).outcome is Outcome.NOT_ATTEMPTED
    assert gateway.inquire(nowhere, session).outcome is Outcome.NOT_ATTEMPTED


def test_evidence_holds_no_secret(trial, gateway, account, fresh_sandbox):
    session = paid(gateway, account, fresh_sandbox)
    confirmed = gateway.confirm(account, session)
    requested = gateway.request(account, ask())
    kept = repr((confirmed.evidence, requested.evidence))

    fields = [one.name for one in PRODUCTS[trial.provider].fields if one.secret]
    secrets = [account.credentials[name] for name in fields if name in account.credentials]
    assert secrets
    assert not any(secret in kept for secret in secrets)
    assert (confirmed.card_hash or "no hash") not in kept
    assert "9121234567" not in kept
    assert "return/token" not in kept
    assert not any(secret in repr(account) for secret in secrets)
    assert (confirmed.card_hash or "no hash") not in repr(confirmed)


def test_credentials_are_checked_before_they_are_kept(trial):
    product = PRODUCTS[trial.provider]
    good = trial.credentials()
    assert product.malformed(good) == ""
    assert product.malformed({}) == trial.missing
    assert product.malformed(good | {trial.missing: ""}) == trial.missing
    assert product.malformed(good | {"nobody": "knows"}) == "nobody"
