"""The page of a link: a mobile is proved before anybody is written down (C042)."""

import pytest
from django.test import Client
from django.utils import timezone

from core.tenancy import acting_for
from customers.enums import LeadKind
from customers.models import Customer, CustomerIdentity, Lead
from customers.operations import CustomerHint, find_or_create
from customers.operations.leads import ChangedSource, NewSource, change_source, open_source
from tests.customers.codes.conftest import other_than, texted

pytestmark = pytest.mark.django_db
MOBILE = "09121234567"
TYPED = {"mobile": MOBILE, "name": "سارا", "wants": "یک مانتو"}


@pytest.fixture
def link(business):
    new = NewSource(kind=LeadKind.LINK, title="ویترین", invitation="خبرتان می‌کنیم")
    with acting_for(business.id):
        return open_source(new=new, now=timezone.now())


@pytest.fixture
def address(business, link):
    return f"/w/{business.slug}-{link.code}/"


def test_a_visitor_proves_a_mobile_and_is_written_down(business, address):
    visitor = Client()
    assert "خبرتان می‌کنیم" in visitor.get(address).content.decode()
    asked = visitor.post(address, TYPED)
    assert (asked.status_code, "شش رقمی" in asked.content.decode()) == (200, True)
    with acting_for(business.id):
        assert not Customer.objects.exists()
    digits = texted(business)
    wrong = visitor.post(address, TYPED | {"digits": other_than(digits)})
    assert (wrong.status_code, "این کد درست نیست" in wrong.content.decode()) == (422, True)
    done = visitor.post(address, TYPED | {"digits": digits})
    assert "سپاس" in done.content.decode()
    with acting_for(business.id):
        lead = Lead.objects.select_related("customer", "source").get()
        mobile = CustomerIdentity.objects.get(kind="mobile")
    assert (lead.customer.name, lead.wants, lead.source.title) == ("سارا", "یک مانتو", "ویترین")
    assert lead.consented_at is not None
    assert mobile.verified_at is not None


def test_a_code_for_one_link_opens_no_other(business, address):
    visitor = Client()
    visitor.post(address, TYPED)
    digits = texted(business)
    with acting_for(business.id):
        other = open_source(new=NewSource(kind="link", title="بازار"), now=timezone.now())
    there = f"/w/{business.slug}-{other.code}/"
    assert visitor.post(there, TYPED | {"digits": digits}).status_code == 422
    with acting_for(business.id):
        assert not Lead.objects.exists()


def test_whether_a_number_is_a_customers_cannot_be_told(business, address):
    with acting_for(business.id):
        find_or_create(customer=CustomerHint(mobile=MOBILE), source="api", now=timezone.now())
    pages = []
    for mobile in (MOBILE, "09350000000"):
        visitor = Client()
        asked = visitor.post(address, TYPED | {"mobile": mobile})
        done = visitor.post(address, TYPED | {"mobile": mobile, "digits": texted(business)})
        pages.append((asked.status_code, done.status_code, done.content.count(b"<")))
    assert pages[0] == pages[1]


def test_a_closed_or_unknown_link_is_not_there(business, address, link, other_business):
    assert Client().get(f"{address}qr.svg").status_code == 200
    assert Client().get(f"/w/{other_business.slug}-{link.code}/").status_code == 404
    assert Client().get(f"/w/{business.slug}-/").status_code == 404
    with acting_for(business.id):
        changed = ChangedSource(is_open=False)
        change_source(source_id=link.id, changes=changed, now=timezone.now())
    assert Client().get(address).status_code == 404
    assert Client().post(address, TYPED).status_code == 404
