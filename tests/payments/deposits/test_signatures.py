"""Card to card: for half an hour a sum means one payment, and after that nobody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import BookAccount, PaymentState
from payments.enums.deposits import DepositReason
from payments.models import AmountSignature
from payments.operations.deposits import lend_signature, save_bank_account
from payments.operations.deposits.signatures import ADDED
from tests.payments.deposits.conftest import OURS, THEIRS


@pytest.fixture
def card(till):
    with acting_for(till.business.id):
        save_bank_account(
            account_id=till.account.id,
            title="کارت",
            iban=OURS,
            card="6037701689095443",
            now=till.now,
        )
    return till


def lend(till, payment, now=None):
    with acting_for(till.business.id):
        return lend_signature(
            account_id=till.account.id, payment_id=payment.id, now=now or till.now
        )


def test_the_lent_sum_pays_its_payment_and_the_few_rial_are_rounding(card):
    invoice = card.invoice(1_250_000)
    lent = lend(card, invoice)
    assert 1_250_000 < lent.amount_rial < 1_251_000
    deposit = card.hear(lent.amount_rial, at=card.now + timedelta(minutes=20))
    paid = card.payment(invoice.id)
    assert (deposit.state, paid.state) == ("confirmed", PaymentState.SETTLED)
    assert paid.method == "card_to_card"
    assert card.book(BookAccount.ROUNDING) == -lent.added_rial
    assert card.book(BookAccount.SALES) == -1_250_000
    assert card.wrongs() == []


def test_asking_again_returns_the_same_sum(card):
    invoice = card.invoice()
    assert lend(card, invoice).id == lend(card, invoice).id


@pytest.mark.parametrize(
    ("ahead", "has_time", "reason"),
    [
        (timedelta(minutes=31), True, DepositReason.LATE),
        (timedelta(days=3), True, DepositReason.LATE),
        (timedelta(minutes=5), False, DepositReason.LATE),
        (-timedelta(minutes=5), True, DepositReason.NO_IDENTIFIER),
    ],
)
def test_outside_its_minutes_a_sum_credits_nobody(card, ahead, has_time, reason):
    invoice = card.invoice()
    lent = lend(card, invoice)
    deposit = card.hear(lent.amount_rial, at=card.now + ahead, has_time=has_time)
    assert deposit.reason == reason
    assert card.payment(invoice.id).state == PaymentState.CREATED


def test_the_same_sum_again_credits_nobody(card):
    invoice = card.invoice()
    lent = lend(card, invoice)
    card.hear(lent.amount_rial)
    again = card.hear(lent.amount_rial, at=card.now + timedelta(minutes=2))
    assert again.reason == DepositReason.DUPLICATE
    assert len(card.purchases()) == 1


def test_two_open_payments_never_share_a_sum_by_constraint(card):
    one, two = card.invoice(), card.invoice()
    lent = lend(card, one)
    with (
        pytest.raises(IntegrityError, match="payments_signature_open_once"),
        acting_for(card.business.id),
        transaction.atomic(),
    ):
        AmountSignature.objects.create(
            id=new_id(),
            account=card.account,
            payment=two,
            amount_rial=lent.amount_rial,
            added_rial=lent.added_rial,
            created_at=card.now,
            expires_at=card.now + timedelta(minutes=30),
        )


def test_many_at_once_get_sums_of_their_own(card, in_parallel):
    invoices = [card.invoice(500_000) for _ in range(12)]
    lent = in_parallel(*[lambda one=one: lend(card, one).amount_rial for one in invoices])
    assert len(set(lent)) == 12


def test_when_every_sum_is_lent_the_next_is_told_to_wait(card):
    invoice = card.invoice(500_000)
    with acting_for(card.business.id):
        AmountSignature.objects.bulk_create(
            [
                AmountSignature(
                    account=card.account,
                    payment_id=card_payment,
                    amount_rial=500_000 + added,
                    added_rial=added,
                    state="used",
                    created_at=card.now,
                    expires_at=card.now + timedelta(minutes=30),
                )
                for card_payment in [invoice.id]
                for added in ADDED
            ]
        )
    with pytest.raises(Problem, match="no_free_signature"):
        lend(card, invoice)
    # Half an hour of rest after its end, a sum may be lent again.
    assert lend(card, invoice, card.now + timedelta(minutes=61)).added_rial in ADDED


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 45)), min_size=1, max_size=12))
def test_at_any_moment_a_sum_means_at_most_one_payment(card, steps):
    """Sums close to each other collide by nature; lent ones must not, nor rest too short."""
    now = card.now
    for kind, minutes in steps:
        now += timedelta(minutes=minutes)
        card.now = now
        lend(card, card.invoice(500_000 + kind * 3), now)
    with acting_for(card.business.id):
        lent = list(AmountSignature.objects.all())
    for one in lent:
        for two in lent:
            if one.id != two.id and one.amount_rial == two.amount_rial:
                first, second = sorted((one, two), key=lambda each: each.created_at)
                assert second.created_at >= first.expires_at + timedelta(minutes=30)


def test_the_page_shows_the_card_the_sum_was_lent_on(till, client):
    # The page lives in our own time; what is over by then gets no identifier.
    till.now = timezone.now()
    with acting_for(till.business.id):
        save_bank_account(
            title="کارت",
            iban=THEIRS,
            owner="سارا نوری",
            card="6037701689095443",
            now=till.now + timedelta(minutes=1),
        )
    invoice = till.invoice(500_000)
    client.post(f"/p/{invoice.pay_token}/transfer/")
    client.post(f"/p/{invoice.pay_token}/transfer/", {"by": "card"})
    page = client.get(f"/p/{invoice.pay_token}/transfer/").content.decode()
    assert "6037701689095443" in page.replace("</span><span>", "")
    assert "سارا نوری" in page
    assert "کافه نارنج" not in page.split("copies")[1].split("</dl>")[0]


def test_no_card_sum_is_lent_above_what_a_card_may_carry(card, client):
    invoice = card.invoice(2_000_000_000)
    answer = client.post(f"/p/{invoice.pay_token}/transfer/", {"by": "card"})
    assert answer.headers["Location"].endswith(f"/p/{invoice.pay_token}/")
    with acting_for(card.business.id):
        assert not AmountSignature.objects.exists()
