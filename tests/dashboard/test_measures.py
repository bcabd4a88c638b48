"""Measures as pages (C058): proposed by one, decided by another, appealed, answered by a third."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.calendar import jalali
from core.tenancy import acting_for
from customers.models import Measure
from segmentation.models import NamedStay


@pytest.fixture
def who(shop):
    outcome = shop.sell()
    with acting_for(shop.business.id):
        NamedStay.objects.create(
            segment="serial_returner",
            customer_id=outcome.customer_id,
            entered_at=timezone.now(),
            evidence={"k": 9, "n": 10, "needed": 5, "p95": 0.2},
            seen_on=timezone.now().date(),
        )
    return outcome.customer_id


def _row(shop):
    with acting_for(shop.business.id):
        return Measure.objects.get()


def test_from_a_sign_to_an_answered_appeal(shop, who, owner_client, client_as, text_of):
    """C058: evidence in sight, a second person, an end, an appeal, and what became of it."""
    assert "پیشنهاد تدبیر" in text_of(owner_client.get(shop.url(f"customers/{who}/")))
    new = shop.url(f"customers/{who}/measures/new/")
    assert "۹" in text_of(owner_client.get(new)).split("آنچه به زیان اوست")[1][:600]
    assert owner_client.post(new, {"step": "no_offers", "reason": ""}).status_code == 422
    owner_client.post(new, {"step": "no_offers", "reason": "هر بار پس می‌آورد"})
    file = shop.url(f"measures/{_row(shop).id}/")
    assert "کس دیگری تصمیم می‌گیرد" in text_of(owner_client.get(file))
    end = jalali((timezone.now() + timedelta(days=60)).date())
    typed = {"verdict": "accept", "note": "دیدم", "ends_on": f"{end.year}/{end.month}/{end.day}"}
    alone = owner_client.post(f"{file}decide/", typed)
    assert alone.status_code == 422
    assert "کس دیگری تصمیم می‌گیرد" in alone.content.decode()
    manager = client_as("manager")
    assert manager.post(f"{file}decide/", typed).status_code == 302
    assert _row(shop).state == "in_force"
    assert owner_client.post(f"{file}appeal/", {"words": "کالا خراب بود"}).status_code == 302
    assert "پاسخ به اعتراض" in text_of(owner_client.get(file))
    answer = {"verdict": "lift", "words": "حق با او بود"}
    assert manager.post(f"{file}answer/", answer).status_code == 422
    assert owner_client.post(f"{file}answer/", answer).status_code == 302
    page = text_of(owner_client.get(file))
    assert "برداشته‌شده" in page
    assert "اثری داشت؟" in page
    assert "سارا محمدی" in text_of(owner_client.get(shop.url("measures/")))


def test_it_is_no_matter_for_everybody(shop, who, client_as, owner_client, text_of):
    """N15: managers alone see files; without a sign none can be opened."""
    for role in ("analyst", "cashier"):
        assert client_as(role).get(shop.url("measures/")).status_code == 403
    assert "پرونده‌ای باز نشده" in text_of(owner_client.get(shop.url("measures/")))
    other = shop.sell("09120000002", name="نیما").customer_id
    page = text_of(owner_client.get(shop.url(f"customers/{other}/measures/new/")))
    assert "چیزی فراتر از تصادف نیست" in page


def test_the_till_says_that_a_relationship_was_ended_and_sells(shop, who, client_as, text_of):
    """C058, ADR 69: the cashier is told to ask, not why, and no sale is refused."""
    now = timezone.now()
    with acting_for(shop.business.id):
        Measure.objects.create(
            customer_id=who, step="ended", state="in_force", reason="هر بار پس می‌آورد",
            evidence=[{}], proposed_by="user:1", proposed_at=now, decision="x",
            decided_by="user:2", decided_at=now, ends_on=now.date() + timedelta(days=60),
        )  # fmt: skip
    cashier = client_as("cashier")
    side = text_of(cashier.get(shop.url("till/customer/"), {"mobile": "09121234567"}))
    assert "از مدیر بپرسید" in side
    page = text_of(cashier.get(shop.url(f"customers/{who}/")))
    assert "از مدیر بپرسید" in page
    assert "آنچه دربارهٔ او تصمیم گرفته شده" not in page
    assert "پس می‌آورد" not in page
    manager = text_of(client_as("manager").get(shop.url(f"customers/{who}/")))
    assert "آنچه دربارهٔ او تصمیم گرفته شده" in manager
    assert shop.sell().purchase_id is not None
