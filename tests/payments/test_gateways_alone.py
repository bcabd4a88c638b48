"""What is one gateway's alone, against the sandbox over real HTTP."""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers.contract import Outcome, Standing
from payments.providers.vandar.reading import rial as read_rial
from tests.payments.trials import AMOUNT, RETURN_URL, TRIALS, opened, paid

# What is Zarinpal's alone.


def test_zarinpal_reads_its_callback_and_does_not_believe_it():
    gateway = TRIALS["zarinpal"].gateway
    claim = gateway.parse_callback({"Authority": " S1 ", "Status": "ok"})
    assert claim is not None
    assert (claim.authority, claim.claims_success) == ("S1", True)
    assert gateway.parse_callback({"Status": "OK"}) is None
    refused = gateway.parse_callback({"authority": "S1", "status": "NOK"})
    assert refused is not None
    assert not refused.claims_success


def test_a_merchant_id_of_zarinpal_is_a_uuid_with_its_dashes():
    gateway = TRIALS["zarinpal"].gateway
    assert gateway.malformed({"merchant_id": "1234"}) == "merchant_id"
    assert gateway.malformed({"merchant_id": uuid4().hex}) == "merchant_id"


# What is Vandar's alone.


def test_a_buyer_who_bears_vandars_wage_pays_more_than_was_asked(fresh_sandbox):
    trial = TRIALS["vandar"]
    account = trial.account(fresh_sandbox.base_url, api_key=f"{uuid4().hex}-payer")
    session = paid(trial.gateway, account, fresh_sandbox)
    answer = trial.gateway.confirm(account, session)
    assert (answer.outcome, answer.amount_rial, answer.fee_rial) == (Outcome.OK, AMOUNT, 0)
    shop = f"merchant:{account.credentials['api_key'].partition('-')[0]}"
    assert fresh_sandbox.ledger()["accounts"][shop] == AMOUNT
    assert fresh_sandbox.payments()[0]["charged_rial"] == AMOUNT + AMOUNT // 100


def test_vandar_never_verifies_another_amount(fresh_sandbox):
    trial = TRIALS["vandar"]
    account = trial.account(fresh_sandbox.base_url)
    session = paid(trial.gateway, account, fresh_sandbox)
    trial.gateway.confirm(account, replace(session, amount_rial=AMOUNT * 10))
    assert fresh_sandbox.payments()[0]["state"] == "PAID"


def test_vandars_window_is_twenty_minutes(fresh_sandbox):
    trial = TRIALS["vandar"]
    account = trial.account(fresh_sandbox.base_url)
    early, late = (paid(trial.gateway, account, fresh_sandbox) for _ in range(2))
    fresh_sandbox.advance(19 * 60)
    assert trial.gateway.confirm(account, early).outcome is Outcome.OK
    fresh_sandbox.advance(2 * 60)
    assert trial.gateway.confirm(account, late).outcome is Outcome.DECLINED
    assert trial.gateway.inquire(account, late).standing is Standing.RETURNED


def test_vandars_bank_page_opens_once(fresh_sandbox):
    trial = TRIALS["vandar"]
    account = trial.account(fresh_sandbox.base_url)
    way = trial.gateway.redirect(account, opened(trial.gateway, account).authority)
    visits = [fresh_sandbox.http.get(way.url).status_code for _ in range(2)]
    assert visits == [200, 404]


@pytest.mark.parametrize(
    ("told", "rial"), [("1000.00", 1000), ("۱۰۰۰", 1000), (7, 7), ("1.5", None), ("x", None)]
)
def test_vandars_money_is_read_or_not_believed(told, rial):
    assert read_rial(told) == rial


# What is Zibal's alone.


def test_a_lazy_payment_comes_back_by_the_server_and_not_by_the_browser(fresh_sandbox):
    trial = TRIALS["zibal_lazy"]
    account = trial.account(fresh_sandbox.base_url)
    session = opened(trial.gateway, account)
    assert fresh_sandbox.pay(session.authority)["redirect"] is None
    (notice,) = fresh_sandbox.notices()
    assert notice["url"] == RETURN_URL
    assert set(notice["fields"]) == {
        "success",
        "trackId",
        "orderId",
        "status",
        "cardNumber",
        "hashedCardNumber",
    }
    assert notice["fields"]["status"] == 2


def test_zibal_takes_its_mode_from_a_short_list():
    gateway = TRIALS["zibal"].gateway
    assert gateway.malformed({"merchant": "zibal", "mode": "lazy"}) == ""
    assert gateway.malformed({"merchant": "zibal", "mode": "idle"}) == "mode"


def test_a_repeated_verify_of_zibal_that_nobody_can_fill_in_is_unknown(fresh_sandbox):
    """201 carries neither amount nor reference; without the inquiry it proves nothing."""
    trial = TRIALS["zibal"]
    account = trial.account(fresh_sandbox.base_url)
    session = paid(trial.gateway, account, fresh_sandbox)
    trial.gateway.confirm(account, session)
    fresh_sandbox.script("inquiry", "html_500")
    assert trial.gateway.confirm(account, session).outcome is Outcome.UNKNOWN
    assert trial.gateway.confirm(account, session).outcome is Outcome.ALREADY
