"""People who have not bought yet, on the pages: noted at the till, called, and seen to buy."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.enums import Role
from core.tenancy import acting_for
from customers.models import Lead, LeadSource
from customers.operations import CustomerHint
from customers.operations.leads import NewLead, note_lead

pytestmark = pytest.mark.django_db
TYPED = {"mobile": "۰۹۱۲ ۱۲۳ ۴۵۶۷", "name": "سارا", "kind": "till", "wants": "یک مانتو"}


@pytest.fixture
def left(business):
    """Return `left(mobile)`: their lead, due at once."""

    def run(mobile="09121234567", **more):
        now = timezone.now()
        facts: dict[str, Any] = {"kind": "staff", "consented": True, "next_at": now} | more
        with acting_for(business.id):
            new = NewLead(customer=CustomerHint(mobile=mobile, name="سارا"), **facts)
            return note_lead(new=new, now=now).lead

    return run


def test_nobody_yet_teaches_what_to_do(shop, owner_client, text_of):
    assert "هنوز کسی شماره‌اش را نگذاشته" in text_of(owner_client.get(shop.url("leads/")))
    assert "هنوز منبعی نیست" in text_of(owner_client.get(shop.url("leads/sources/")))


def test_a_cashier_notes_who_does_not_buy_today(shop, client_as, text_of, business):
    cashier = client_as(Role.CASHIER)
    till = cashier.get(shop.url("till/customer/"), {"mobile": "09121234567"})
    assert "leads/new/?kind=till&amp;mobile=09121234567" in text_of(till)
    form = text_of(cashier.get(shop.url("leads/new/"), {"kind": "till", "mobile": "09121234567"}))
    assert 'value="09121234567"' in form
    answer = cashier.post(shop.url("leads/new/"), TYPED | {"consented": "on"}, follow=True)
    shown = text_of(answer)
    assert "یک مانتو" in shown
    assert "پیش از نخستین خرید" in shown
    assert "چه خوب که آمدید" in shown
    with acting_for(business.id):
        lead = Lead.objects.select_related("source").get()
    assert lead.source.kind == "till"
    assert lead.next_at
    assert lead.next_at > timezone.now()
    assert cashier.get(shop.url("leads/list/")).status_code == 403
    assert cashier.get(shop.url("leads/sources/")).status_code == 403


def test_what_is_wrong_is_said_beside_the_field(shop, owner_client):
    answer = owner_client.post(shop.url("leads/new/"), TYPED | {"next_on": "1405/9/2"})
    assert answer.status_code == 422
    assert "قبول نکرده" in answer.content.decode()


def test_who_is_due_is_called_and_told_on_the_home_page(
    shop, owner_client, text_of, left, business
):
    lead = left()
    shop.sell("09350000000")
    assert "یک نفر" in text_of(owner_client.get(shop.url("today/"))) or "۱ نفر" in text_of(
        owner_client.get(shop.url("today/"))
    )
    assert "سارا" in text_of(owner_client.get(shop.url("leads/?state=due")))
    called = {"step": "interested", "note": "شنبه می‌آید", "next_on": "1499/1/1"}
    assert owner_client.post(shop.url(f"leads/{lead.id}/follow/"), called).status_code == 302
    page = text_of(owner_client.get(shop.url(f"customers/{lead.customer_id}/")))
    assert "شنبه می‌آید" in page
    with acting_for(business.id):
        lead.refresh_from_db()
    assert lead.stage == "interested"
    assert "سارا" not in text_of(owner_client.get(shop.url("leads/?state=due")))
    again = {"step": "lost"}
    refused = owner_client.post(shop.url(f"leads/{lead.id}/follow/"), again, follow=True)
    assert "یکی از دلیل‌های پیشنهادی" in refused.content.decode()


def test_buying_moves_them_by_itself(shop, owner_client, text_of, left):
    lead = left()
    shop.sell("09121234567", name="سارا")
    assert "سارا" in text_of(owner_client.get(shop.url("leads/?state=bought")))
    assert "سارا" not in text_of(owner_client.get(shop.url("leads/?state=open")))
    page = text_of(owner_client.get(shop.url(f"customers/{lead.customer_id}/")))
    assert "نخستین خرید" in page
    assert f"leads/{lead.id}/follow/" not in page


def test_a_list_is_written_down_and_bad_lines_come_back(shop, owner_client, business):
    lines = "09121234567، سارا، مانتو\n۰۹۳۵۰۰۰۰۰۰۰\n12345, بی‌شماره\n09121234567"
    answer = owner_client.post(
        shop.url("leads/list/"), {"source": "نمایشگاه", "lines": lines, "consented": "on"}
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "12345, بی‌شماره" in shown
    assert "۲ نفر نوشته شدند" in shown
    assert "09121234567، سارا" not in shown
    with acting_for(business.id):
        assert Lead.objects.filter(source__title="نمایشگاه", source__kind="import").count() == 2
    rest = {"source": "نمایشگاه", "lines": "09360000000"}
    assert owner_client.post(shop.url("leads/list/"), rest).status_code == 302


def test_a_link_is_made_changed_and_closed(shop, owner_client, text_of, business, client_as):
    made = {"title": "اینستاگرام", "invitation": "خبرتان می‌کنیم", "cost": "۵۰٬۰۰۰"}
    assert owner_client.post(shop.url("leads/sources/"), made).status_code == 302
    assert owner_client.post(shop.url("leads/sources/"), made).status_code == 422
    with acting_for(business.id):
        link = LeadSource.objects.get()
    page = shop.url(f"leads/sources/{link.id}/")
    assert f"/w/{business.slug}-{link.code}/" in text_of(owner_client.get(page))
    assert "اینستاگرام" in text_of(owner_client.get(shop.url("leads/sources/")))
    assert owner_client.post(page, made | {"action": "close"}).status_code == 302
    with acting_for(business.id):
        link.refresh_from_db()
    assert (link.is_open, link.cost_rial) == (False, 500_000)
    analyst = client_as(Role.ANALYST)
    assert analyst.post(shop.url("leads/sources/"), made).status_code == 403
    assert analyst.get(page).status_code == 403


def test_what_became_of_a_source_is_told_with_how_sure(shop, owner_client, text_of, left):
    for n in range(3):
        left(f"0912000000{n}", source="نمایشگاه")
    shop.sell("09120000000")
    shown = text_of(owner_client.get(shop.url("leads/sources/")))
    assert "نمایشگاه" in shown
    assert "data-chart" in shown


def test_the_list_asks_the_same_for_one_and_for_three(shop, owner_client, left):
    counts = []
    for n in range(3):
        left(f"0912000000{n}")
        with CaptureQueriesContext(connection) as asked:
            assert owner_client.get(shop.url("leads/")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[2]
