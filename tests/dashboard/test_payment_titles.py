"""What lists call a payment: the shop's own number, else what it is for and perhaps its day."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from core.ids import new_id
from core.tenancy import acting_for
from dashboard.web.payments.titles import title_of_payment, told_besides
from payments.enums import PaymentMethod
from payments.enums.debits import Collects
from payments.models import Payment

WHEN = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
DEBIT, DEPOSIT = PaymentMethod.DIRECT_DEBIT, PaymentMethod.IDENTIFIED_DEPOSIT


@pytest.mark.parametrize(
    ("number", "description", "method", "title", "besides"),
    [
        ("ORD-12", "مانتو", PaymentMethod.GATEWAY, "ORD-12", "مانتو"),
        ("schedule-{}-3", "شهریه", DEBIT, "شهریه ۱۴۰۵/۰۹/۰۶", ""),
        ("schedule-{}-3", "", DEBIT, "برداشت مستقیم ۱۴۰۵/۰۹/۰۶", ""),
        ("deposit-{}-1", "واریز شناسه‌دار", DEPOSIT, "واریز شناسه‌دار ۱۴۰۵/۰۹/۰۶", ""),
        ("membership-{}-1", "عضویت «طلایی»", PaymentMethod.GATEWAY, "عضویت «طلایی»", ""),
        ("link-k2p8", "مبل", PaymentMethod.GATEWAY, "link-k2p8", "مبل"),
    ],
)
def test_a_payment_is_called_what_a_person_understands(number, description, method, title, besides):
    row = Payment(
        external_id=number.format(new_id()),
        description=description,
        method=method,
        created_at=WHEN,
    )
    with translation.override("fa"):
        told = "".join(
            sign
            for sign in title_of_payment(row)
            if sign not in "\u2066\u2067\u2068\u2069\u200e\u200f"
        )
        assert (told, told_besides(row)) == (title, besides)


def test_a_part_of_a_debt_is_called_by_the_debt():
    row = Payment(
        external_id="credit-k2p8-3-1",
        description="فرش، قسط ۳ از ۶",
        collects=Collects.RECEIVABLE,
        created_at=WHEN,
    )
    assert title_of_payment(row) == "فرش، قسط ۳ از ۶"


def test_the_list_hides_a_number_of_ours_and_the_page_tells_it(shop, owner_client):
    number = f"schedule-{new_id()}-3"
    with acting_for(shop.business.id):
        payment = Payment.objects.create(
            external_id=number,
            amount_rial=5_000_000,
            description="شهریهٔ ماهانه",
            method=DEBIT,
            fingerprint="",
            pay_token=str(new_id()),
            created_at=WHEN,
            expires_at=WHEN,
        )
    page = owner_client.get(shop.url("payments/")).content.decode()
    assert "شهریهٔ ماهانه ۱۴۰۵/۰۹/۰۶" in page
    assert number not in page
    assert number in owner_client.get(shop.url(f"payments/{payment.id}/")).content.decode()
