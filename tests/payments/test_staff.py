"""What platform staff see and do."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.test import Client

from businesses.models import SecondFactor
from core.tenancy import acting_for
from payments.enums import AlertKind, AttemptState, OrphanState
from payments.enums.books import ReportSource
from payments.models import (
    Alert,
    OrphanCapture,
    PaymentAttempt,
    ProviderAccount,
    Reconciliation,
)
from payments.operations import raise_alert
from payments.operations.books import reconcile
from tests.payments.conftest import Shop

PAGES = [
    "payment",
    "paymentattempt",
    "providercall",
    "orphancapture",
    "reversal",
    "provideraccount",
]


@dataclass
class Staff:
    client: Client

    def see(self, path: str) -> str:
        answer = self.client.get(f"/admin/payments/{path}")
        assert answer.status_code == 200
        return answer.content.decode()

    def act(self, model: str, action: str, *ids) -> None:
        form = {"action": action, "_selected_action": [str(one) for one in ids]}
        assert self.client.post(f"/admin/payments/{model}/", form).status_code == 302


@pytest.fixture
def staff(db) -> Staff:
    client = Client()
    person = get_user_model().objects.create_superuser("staff@example.com", "long-password-1")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return Staff(client)


@pytest.mark.parametrize("page", PAGES)
def test_every_list_opens(shop: Shop, staff: Staff, page):
    shop.buy()
    assert staff.see(f"{page}/")


def test_a_payment_shows_its_tries_and_no_way_in(shop: Shop, staff: Staff):
    payment = shop.buy()
    attempt = shop.attempt(payment)
    page = staff.see(f"payment/{payment.id}/change/")
    assert str(attempt.provider_ref) in page
    assert payment.pay_token not in page
    page = staff.see(f"paymentattempt/{attempt.id}/change/")
    assert "confirm" in page
    assert attempt.callback_token not in page


def test_a_try_given_to_a_person_is_asked_about_again(shop: Shop, staff: Staff, poll, later):
    payment = shop.ask()
    address = shop.pay(payment)
    shop.bank.script("verify", "timeout_not_done")
    shop.come_back(address)
    with acting_for(shop.business.id):
        PaymentAttempt.objects.update(state=AttemptState.NEEDS_REVIEW, next_check_at=None)
        type(payment).objects.update(state="needs_review")

    staff.act("paymentattempt", "ask_once_more", shop.attempt(payment).id)
    poll(later(days=30_000))

    assert shop.see(payment).state == "settled"


def test_an_orphan_is_closed_by_hand(shop: Shop, staff: Staff):
    payment = shop.ask()
    shop.send_to_bank(payment)
    with acting_for(shop.business.id):
        orphan = OrphanCapture.objects.create(
            attempt=shop.attempt(payment),
            amount_rial=1,
            found_at=shop.now,
            found_by="sweep",
            state=OrphanState.NEEDS_PERSON,
        )
    staff.act("orphancapture", "close_by_hand", orphan.id)
    assert shop.orphans()[0].state == OrphanState.RETURNED


def test_staff_close_alerts_each_in_its_own_business(staff: Staff, shop: Shop, other_shop: Shop):
    ids = []
    for one in (shop, other_shop):
        with acting_for(one.business.id):
            raise_alert(kind=AlertKind.MANDATE_LOST, source_id=uuid4(), now=one.now)
            ids.append(Alert.objects.get().id)
    staff.act("alert", "note_dealt_with", *ids)
    for one in (shop, other_shop):
        with acting_for(one.business.id):
            alert = Alert.objects.get()
        assert alert.resolved_at is not None
        assert alert.resolved_by.startswith("staff:")


def test_days_stand_in_the_jalali_calendar(shop: Shop, staff: Staff, now):
    with acting_for(shop.business.id):
        account = ProviderAccount.objects.get()
        reconcile(
            account_id=account.id,
            day=date(2026, 11, 23),
            lines=[],
            source=ReportSource.FILE,
            file_name="x.csv",
            by="x",
            now=now,
        )
        found = Reconciliation.objects.get()
    assert "۲ آذر ۱۴۰۵" in staff.see("reconciliation/")
    assert "۲ آذر ۱۴۰۵" in staff.see(f"reconciliation/{found.id}/change/")


def test_numbers_are_in_the_readers_digits(shop: Shop, staff: Staff):
    """Persian digits with separators; small numbers, among them years and days, without."""
    shop.buy(12_345_670)
    page = staff.see("payment/")
    assert "۱۲٬۳۴۵٬۶۷۰" in page
    assert "12345670" not in page


def test_second_factors_have_a_persian_name_and_show_no_secret(staff: Staff):
    user = get_user_model().objects.get(email="staff@example.com")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    index = staff.client.get("/admin/").content.decode()
    assert "عامل‌های دوم ورود" in index
    assert "Authenticator" not in index
    row = SecondFactor.objects.get()
    page = staff.client.get(f"/admin/businesses/secondfactor/{row.pk}/change/")
    assert page.status_code == 200
    assert "JBSWY3DPEHPK3PXP" not in page.content.decode()
