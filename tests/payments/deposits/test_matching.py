"""Who is credited by which bank row: the exact by themselves, everything else by a person."""

from datetime import timedelta

import pytest

from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from payments.enums import BookAccount, PaymentState
from payments.enums.deposits import CheckDigits, DepositReason, DepositState
from payments.operations import cancel_payment, poll_due
from payments.operations.deposits import close_identifier
from payments.operations.deposits.digits import is_well_typed, mint
from tests.payments.deposits.conftest import STRANGER, THEIRS


def test_an_invoice_is_paid_by_its_identifier_and_amount(till):
    invoice = till.invoice(2_500_000)
    named = till.identifier(payment_id=invoice.id)
    deposit = till.hear(2_500_000, named.digits)
    paid = till.payment(invoice.id)
    assert deposit.state == DepositState.CONFIRMED
    assert (paid.state, paid.method) == (PaymentState.SETTLED, "identified_deposit")
    assert [sale.total_rial for sale in till.purchases()] == [2_500_000]
    assert till.book(BookAccount.BANK) == 2_500_000
    assert till.book(BookAccount.UNMATCHED) == 0
    assert till.book(BookAccount.SALES) == -2_500_000
    assert till.wrongs() == []


def test_a_customers_own_identifier_is_a_purchase_that_is_theirs(till):
    sara = till.customer()
    named = till.identifier(customer_id=sara)
    deposit = till.hear(750_000_000, named.digits)
    assert deposit.state == DepositState.CONFIRMED
    (sale,) = till.purchases()
    assert (sale.customer_id, sale.total_rial) == (sara, 750_000_000)
    assert till.wrongs() == []


def test_a_customers_identifier_pays_their_open_invoice(till):
    sara = till.customer("09121234567")
    invoice = till.invoice(800_000, customer=CustomerHint(mobile="09121234567"))
    deposit = till.hear(800_000, till.identifier(customer_id=sara).digits)
    assert deposit.state == DepositState.CONFIRMED
    assert till.payment(invoice.id).state == PaymentState.SETTLED


def test_the_identifier_recognises_the_customer_at_the_till(till):
    sara = till.customer()
    digits = till.identifier(customer_id=sara).digits
    with acting_for(till.business.id):
        found = find_or_create(customer=CustomerHint(external_id=digits), source="t", now=till.now)
    assert found.customer_id == sara


def test_the_identifier_is_read_however_it_is_written(till):
    invoice = till.invoice()
    digits = till.identifier(payment_id=invoice.id).digits
    written = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    deposit = till.hear(900_000, written.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    assert deposit.state == DepositState.CONFIRMED


def test_an_identifier_in_the_banks_free_text_counts_when_it_is_the_only_one(till):
    first, second = till.invoice(), till.invoice()
    one = till.identifier(payment_id=first.id).digits
    two = till.identifier(payment_id=second.id).digits
    assert till.hear(900_000, description=f"واریز ساتنا شناسه {one}").state == "confirmed"
    both = till.hear(900_000, description=f"{one} {two}")
    assert (both.state, both.reason) == (DepositState.UNMATCHED, DepositReason.NO_IDENTIFIER)


@pytest.mark.parametrize(
    ("amount", "reason", "state"),
    [
        (900_001, DepositReason.OVER, DepositState.UNMATCHED),
        (899_999, DepositReason.UNDER, DepositState.UNMATCHED),
        (9_000_000, DepositReason.TENFOLD, DepositState.SUSPICIOUS),
        (90_000, DepositReason.TENFOLD, DepositState.SUSPICIOUS),
    ],
)
def test_another_amount_credits_nobody(till, amount, reason, state):
    invoice = till.invoice(900_000)
    deposit = till.hear(amount, till.identifier(payment_id=invoice.id).digits)
    assert (deposit.state, deposit.reason) == (state, reason)
    assert till.payment(invoice.id).state == PaymentState.CREATED
    assert till.book(BookAccount.UNMATCHED) == -amount
    assert till.alerts()
    assert till.wrongs() == []


def test_a_row_without_an_identifier_waits(till):
    deposit = till.hear(900_000)
    assert (deposit.state, deposit.reason) == ("unmatched", DepositReason.NO_IDENTIFIER)
    assert till.purchases() == []


def test_an_unknown_identifier_waits(till):
    invoice = till.invoice()
    digits = till.identifier(payment_id=invoice.id).digits
    other = mint("4210", 77_000_000 + 1, 8, CheckDigits.MOD_97)
    assert is_well_typed(other, CheckDigits.MOD_97)
    assert other != digits
    assert till.hear(900_000, other).reason == DepositReason.UNKNOWN_IDENTIFIER


def test_every_slip_of_one_digit_is_noticed_and_explained(till):
    invoice = till.invoice()
    digits = till.identifier(payment_id=invoice.id).digits
    for place in range(len(digits)):
        wrong = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
        deposit = till.hear(900_000, wrong)
        assert deposit.reason == DepositReason.MISTYPED, wrong
        assert deposit.hints["meant"] == [digits]
    assert till.payment(invoice.id).state == PaymentState.CREATED


def test_a_closed_identifier_waits_but_money_sent_before_it_closed_counts(till):
    sara = till.customer()
    named = till.identifier(customer_id=sara)
    with acting_for(till.business.id):
        close_identifier(identifier_id=named.id, now=till.now)
    late = till.hear(500_000, named.digits, at=till.now + timedelta(minutes=1))
    assert late.reason == DepositReason.CLOSED_IDENTIFIER
    before = till.hear(600_000, named.digits, at=till.now - timedelta(minutes=1))
    assert before.state == DepositState.CONFIRMED


def test_only_registered_accounts_may_pay_where_some_are_registered(till):
    sara = till.customer()
    named = till.identifier(customer_id=sara, sources=[THEIRS])
    for source in (STRANGER, ""):
        deposit = till.hear(500_000, named.digits, source_iban=source)
        assert deposit.reason == DepositReason.UNREGISTERED_SOURCE
    assert till.hear(700_000, named.digits, source_iban=THEIRS).state == "confirmed"


def test_a_strict_account_trusts_no_identifier_without_a_registered_source(till):
    till.account.any_source = False
    with acting_for(till.business.id):
        till.account.save()
    sara = till.customer()
    deposit = till.hear(500_000, till.identifier(customer_id=sara).digits, source_iban=THEIRS)
    assert deposit.reason == DepositReason.UNREGISTERED_SOURCE


def test_the_same_again_within_a_minute_waits(till):
    named = till.identifier(customer_id=till.customer())
    first = till.hear(500_000, named.digits)
    again = till.hear(500_000, named.digits, at=till.now + timedelta(seconds=50))
    later = till.hear(500_000, named.digits, at=till.now + timedelta(minutes=5))
    assert [one.state for one in (first, again, later)] == ["confirmed", "suspicious", "confirmed"]
    assert again.reason == DepositReason.DUPLICATE
    assert till.book(BookAccount.UNMATCHED) == -500_000
    assert till.wrongs() == []


def test_money_for_a_payment_that_is_over_waits(till):
    gone, late = till.invoice(), till.invoice()
    gone_id = till.identifier(payment_id=gone.id).digits
    late_id = till.identifier(payment_id=late.id).digits
    with acting_for(till.business.id):
        cancel_payment(payment_id=gone.id, now=till.now)
    assert till.hear(900_000, gone_id).reason == DepositReason.LATE
    far = till.now + timedelta(days=6)
    assert till.hear(900_000, late_id, at=far).reason == DepositReason.LATE


def test_money_for_a_paid_payment_waits(till):
    invoice = till.invoice()
    digits = till.identifier(payment_id=invoice.id).digits
    till.hear(900_000, digits)
    again = till.hear(900_000, digits, at=till.now + timedelta(hours=2))
    assert again.reason == DepositReason.PAID_ALREADY
    assert len(till.purchases()) == 1


def test_an_identifier_lets_the_payment_wait_for_the_bank(till):
    invoice = till.invoice()
    till.identifier(payment_id=invoice.id)
    assert till.payment(invoice.id).expires_at == till.now + timedelta(days=5)


def test_asking_again_gives_the_same_identifier(till):
    sara = till.customer()
    assert till.identifier(customer_id=sara).id == till.identifier(customer_id=sara).id


def test_a_row_that_was_taken_but_not_judged_is_judged_by_the_poller(till, as_role):
    invoice = till.invoice()
    digits = till.identifier(payment_id=invoice.id).digits
    deposit = till.hear(900_000, digits, judged=False)
    assert deposit.state == DepositState.DETECTED
    with as_role("vafa_worker"):
        poll_due(now=till.now)
    assert till.see(deposit.id).state == DepositState.CONFIRMED
