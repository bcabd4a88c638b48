"""Jibit PIP over real HTTP: identifiers, the feed, yes and no, and everything that goes wrong."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.tenancy import acting_for
from payments.enums import BookAccount, PaymentState
from payments.enums.deposits import DepositReason, DepositState, IdentifierState
from payments.models import BankAccount, Deposit, DepositIdentifier, ProviderCall
from payments.operations import set_provider_account
from payments.operations.deposits import (
    accept_deposit,
    hint_deposit,
    issue_identifier,
    link_bank_account,
    read_feed,
    return_deposit,
    run_deposit,
)
from payments.operations.deposits.identifiers import run_identifier
from tests.payments.deposits.conftest import STRANGER, THEIRS, Till
from tests.sandbox_server import Sandbox


class PipTill(Till):
    """A till whose bank account is kept by the provider."""

    bank: Sandbox

    def post(self, path, **body):
        answer = self.bank.http.post(f"/control/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def transfer(self, named, amount, source=THEIRS, **how):
        """Make a transfer at the bank; return the provider's reference."""
        digits = named if isinstance(named, str) else named.digits
        made = self.post("deposit", identifier=digits, amount=amount, source_iban=source, **how)
        return made["reference"]

    def issued(self, **owner) -> DepositIdentifier:
        """Ask for an identifier and wait until the bank has registered it."""
        owner.setdefault("sources", [THEIRS])
        row = self.identifier(**owner)
        for ahead in range(3):
            later = self.now + timedelta(minutes=ahead)
            run_identifier(business_id=self.business.id, identifier_id=row.id, now=later)
        with acting_for(self.business.id):
            return DepositIdentifier.objects.get(id=row.id)

    def read(self, ahead=0):
        """Read the feed at a moment."""
        moment = self.now + timedelta(minutes=ahead)
        with acting_for(self.business.id):
            BankAccount.objects.filter(id=self.account.id).update(
                next_poll_at=moment, leased_until=None
            )
        return read_feed(business_id=self.business.id, account_id=self.account.id, now=moment)

    def found(self, reference) -> Deposit:
        with acting_for(self.business.id):
            return Deposit.objects.get(row__provider_reference=reference)

    def truth(self, reference) -> str:
        rows = self.bank.http.get("/control/deposits.json").json()["deposits"]
        return str(next(row["status"] for row in rows if row["reference"] == reference))

    def agrees(self) -> bool:
        """Tell whether our books know what the bank knows, to the rial."""
        rows = self.bank.http.get("/control/deposits.json").json()["deposits"]
        here = sum(
            row["amount_rial"]
            for row in rows
            if row["status"] in {"SUCCESSFUL", "WAITING_FOR_MERCHANT_VERIFY"}
        )
        return self.book(BookAccount.PROVIDER) == here and self.wrongs() == []


@pytest.fixture
def pip(business, bank, settings):
    """Return a till at the provider; its clock is the sandbox's."""
    now = datetime.now(tz=UTC)
    keys = {"api_key": f"key-{uuid4().hex[:8]}", "secret_key": "secret"}
    with acting_for(business.id):
        account_id = set_provider_account(
            provider="jibit_pip", credentials=keys, is_sandbox=True, now=now
        )
        account = link_bank_account(provider_account_id=account_id, now=now)
    till = PipTill(business, account, now)
    till.bank = bank
    till.post("reset")
    return till


def test_an_identifier_is_shown_only_once_the_bank_has_it(pip):
    row = pip.identifier(customer_id=pip.customer(), sources=[THEIRS])
    assert (row.state, row.digits) == (IdentifierState.PENDING, "")
    run_identifier(business_id=pip.business.id, identifier_id=row.id, now=pip.now)
    with acting_for(pip.business.id):
        row.refresh_from_db()
    assert (row.state, row.digits) == (IdentifierState.PENDING, "")
    later = pip.now + timedelta(minutes=1)
    run_identifier(business_id=pip.business.id, identifier_id=row.id, now=later)
    with acting_for(pip.business.id):
        row.refresh_from_db()
    assert row.state == IdentifierState.ACTIVE
    assert len(row.digits) == 15
    assert row.iban.startswith("IR")


def test_an_invoice_is_paid_and_confirmed_at_the_provider(pip):
    invoice = pip.invoice(3_000_000)
    reference = pip.transfer(pip.issued(payment_id=invoice.id), 3_000_000)
    pip.read()
    deposit = pip.found(reference)
    run_deposit(business_id=pip.business.id, deposit_id=deposit.id, now=pip.now)
    assert pip.found(reference).state == DepositState.CONFIRMED
    assert pip.payment(invoice.id).state == PaymentState.SETTLED
    assert pip.truth(reference) == "SUCCESSFUL"
    assert pip.agrees()
    with acting_for(pip.business.id):
        said = list(ProviderCall.objects.values_list("operation", flat=True))
    assert said.count("deposit_confirm") == 1


def settle(pip, reference, minutes=(0, 1, 2, 5, 30, 120)):
    for ahead in minutes:
        pip.read(ahead)
        run_deposit(
            business_id=pip.business.id,
            deposit_id=pip.found(reference).id,
            now=pip.now + timedelta(minutes=ahead),
        )


@pytest.mark.parametrize(
    "fault", ["timeout_done", "timeout_not_done", "html_500_done", "html_500", "bad_json"]
)
def test_a_yes_nobody_heard_is_asked_about_and_said_once(pip, fault):
    invoice = pip.invoice(3_000_000)
    named = pip.issued(payment_id=invoice.id)
    pip.bank.script("pip.verify", fault)
    reference = pip.transfer(named, 3_000_000)
    settle(pip, reference)
    assert pip.found(reference).state == DepositState.CONFIRMED
    assert pip.payment(invoice.id).state == PaymentState.SETTLED
    assert len(pip.purchases()) == 1
    assert pip.agrees()


def test_another_amount_is_not_confirmed_and_goes_back_by_our_no(pip):
    invoice = pip.invoice(3_000_000)
    reference = pip.transfer(pip.issued(payment_id=invoice.id), 2_999_000)
    pip.read()
    deposit = pip.found(reference)
    assert deposit.reason == DepositReason.UNDER
    assert pip.truth(reference) == "WAITING_FOR_MERCHANT_VERIFY"
    pip.bank.script("pip.fail", "timeout_done")
    with acting_for(pip.business.id):
        return_deposit(deposit_id=deposit.id, by="test", now=pip.now)
    settle(pip, reference)
    assert pip.found(reference).state == DepositState.RETURNED
    assert pip.truth(reference) == "FAILED"
    assert pip.agrees()


def test_what_nobody_confirmed_goes_back_by_itself_and_we_hear_of_it(pip):
    invoice = pip.invoice(3_000_000)
    reference = pip.transfer(pip.issued(payment_id=invoice.id), 10_000_000, window=60)
    pip.read()
    assert pip.found(reference).state == DepositState.UNMATCHED
    pip.bank.advance(120)
    pip.read(3)
    assert pip.found(reference).state == DepositState.RETURNED
    assert pip.payment(invoice.id).state == PaymentState.CREATED
    assert pip.agrees()


def test_a_confirmation_that_comes_too_late_credits_nobody(pip):
    invoice = pip.invoice(3_000_000)
    named = pip.issued(payment_id=invoice.id)
    pip.bank.script("pip.verify", "timeout_not_done")
    reference = pip.transfer(named, 3_000_000, window=60)
    pip.read()
    pip.bank.advance(120)
    settle(pip, reference, (1, 2, 5))
    assert pip.found(reference).state == DepositState.RETURNED
    assert pip.payment(invoice.id).state == PaymentState.CREATED
    assert pip.purchases() == []
    assert pip.agrees()


def test_unregistered_unknown_and_slow_transfers(pip):
    sara = pip.customer()
    named = pip.issued(customer_id=sara)
    assert pip.transfer("999999999999999", 1_000_000) is None
    strange = pip.transfer(named, 1_000_000, source=STRANGER)
    slow = pip.transfer(named, 2_000_000, delay=4 * 3600)
    pip.read()
    with acting_for(pip.business.id):
        assert Deposit.objects.count() == 0
    assert pip.truth(strange) == "FAILED"
    pip.bank.advance(5 * 3600)
    settle(pip, _heard(pip, slow, ahead=300), (301, 302))
    assert pip.found(slow).state == DepositState.CONFIRMED
    assert [sale.customer_id for sale in pip.purchases()] == [sara]
    assert pip.agrees()


def _heard(pip, reference, ahead):
    pip.read(ahead)
    return reference


def test_two_equal_transfers_in_a_minute_are_taken_once_and_asked_once(pip):
    named = pip.issued(customer_id=pip.customer())
    first, second = pip.transfer(named, 1_000_000), pip.transfer(named, 1_000_000)
    pip.read()
    for one in (first, second):
        settle(pip, one, (0, 1))
    states = sorted(pip.found(one).state for one in (first, second))
    assert states == ["confirmed", "suspicious"]
    assert len(pip.purchases()) == 1
    waiting = next(pip.found(one) for one in (first, second) if pip.found(one).reason)
    with acting_for(pip.business.id):
        accept_deposit(
            deposit_id=waiting.id,
            customer_id=waiting.identifier.customer_id,
            by="test",
            now=pip.now,
        )
    run_deposit(business_id=pip.business.id, deposit_id=waiting.id, now=pip.now)
    assert len(pip.purchases()) == 2
    assert pip.agrees()


def test_a_message_is_a_reason_to_look_and_nothing_more(pip, client):
    named = pip.issued(customer_id=pip.customer())
    reference = pip.transfer(named, 1_000_000)
    body = {"status": "SUCCESSFUL", "externalReferenceNumber": reference, "amount": 9}
    later = pip.now + timedelta(minutes=10)
    with acting_for(pip.business.id):
        BankAccount.objects.filter(id=pip.account.id).update(next_poll_at=later)
    path = f"/pay/deposit/{named.callback_token}/"
    assert client.post(path, body, content_type="application/json").status_code == 204
    with acting_for(pip.business.id):
        assert Deposit.objects.count() == 0
        assert BankAccount.objects.get(id=pip.account.id).next_poll_at < later
    assert not hint_deposit(token="x" * 44, now=pip.now)
    assert client.post(f"/pay/deposit/{'x' * 44}/").status_code == 404


def test_the_dialect_is_strict(pip):
    http, root = pip.bank.http, "/jibit/pip/v1"
    assert http.get(f"{root}/payments/waitingForVerify").status_code == 401
    token = http.post(f"{root}/tokens/generate", json={"apiKey": "k", "secretKey": "s"}).json()
    headers = {"Authorization": f"Bearer {token['accessToken']}"}
    asked = {
        "merchantReferenceNumber": "m1",
        "userFullName": "سارا",
        "userIbans": [THEIRS],
        "userMobile": "09121234567",
        "callbackUrl": "http://shop.test/x",
    }

    def issue(**changes):
        return http.post(f"{root}/paymentIds", json=asked | changes, headers=headers)

    assert issue(userMobile="+989121234567").status_code == 400
    assert issue(userIbans=["IR1"]).status_code == 400
    assert issue(callbackUrl="").status_code == 400
    assert issue().status_code == 200
    assert issue().json()["errors"][0]["code"] == "merchantReferenceNumber.already_exists"
    listing = http.get(f"{root}/payments/list?fromDate=x&toDate=y", headers=headers)
    assert listing.status_code == 400
    assert http.get(f"{root}/payments/none/verify", headers=headers).status_code == 404


def test_asking_for_an_identifier_twice_makes_one(pip):
    row = pip.identifier(customer_id=pip.customer(), sources=[THEIRS])
    pip.bank.script("pip.paymentIds", "timeout_done")
    for ahead in (0, 1, 2, 5):
        run_identifier(
            business_id=pip.business.id,
            identifier_id=row.id,
            now=pip.now + timedelta(minutes=ahead),
        )
    with acting_for(pip.business.id):
        row.refresh_from_db()
        again = issue_identifier(
            account_id=pip.account.id, customer_id=row.customer_id, now=pip.now
        )
    assert row.state == IdentifierState.ACTIVE
    assert again.id == row.id


def test_a_reset_forgets_identifiers_and_deposits_too(pip):
    row = pip.issued(customer_id=pip.customer())
    pip.transfer(row, 900_000)
    pip.post("reset")
    assert pip.bank.http.get("/control/deposits.json").json()["deposits"] == []
    assert pip.post("deposit", identifier=row.digits, amount=1, source_iban=THEIRS)["bounced"]
