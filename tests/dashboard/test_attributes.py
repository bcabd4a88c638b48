"""What is known of customers: the business's list, and a customer's own (C005, C090)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.enums import Role
from core.tenancy import acting_for
from customers.models import AttributeDefinition, AttributeValue, ProfileView
from customers.operations.attributes import NewAttribute, define_attribute, note_attributes

pytestmark = pytest.mark.django_db
OWN = {
    "title_fa": "شغل",
    "key": "job",
    "kind": "text",
    "privacy": "personal",
    "learned_from": "",
}


@pytest.fixture
def defined(business):
    """Return `defined(key, **more)`: an attribute that is there."""

    def run(key="job", kind="text", **more):
        with acting_for(business.id):
            return define_attribute(
                new=NewAttribute(key=key, kind=kind, title_fa=f"عنوان {key}", **more),
                now=timezone.now(),
            )

    return run


def test_an_attribute_is_defined_changed_and_put_away(shop, owner_client, text_of, business):
    address = shop.url("settings/attributes/")
    assert owner_client.post(address, OWN).status_code == 302
    with acting_for(business.id):
        row = AttributeDefinition.objects.get(key="job")
    assert "شغل" in text_of(owner_client.get(address))
    one = shop.url(f"settings/attributes/{row.id}/")
    assert "شغل" in text_of(owner_client.get(one))
    changed = {"title_fa": "حرفه", "privacy": "sensitive", "learned_from": "line."}
    assert owner_client.post(one, changed).status_code == 422
    assert owner_client.post(one, changed | {"learned_name": "job"}).status_code == 302
    assert owner_client.post(one, {"action": "off"}).status_code == 302
    with acting_for(business.id):
        row.refresh_from_db()
    assert (row.title_fa, row.privacy, row.learned_from) == ("حرفه", "sensitive", "line.job")
    assert not row.is_active


def test_a_list_is_typed_one_a_line(shop, owner_client, business):
    lines = "red = سرخ = Red\nآبی"
    sent = OWN | {"kind": "choice", "key": "colour", "choices": lines}
    assert owner_client.post(shop.url("settings/attributes/"), sent).status_code == 302
    with acting_for(business.id):
        choices = AttributeDefinition.objects.get(key="colour").choices
    assert choices == [
        {"code": "red", "fa": "سرخ", "en": "Red"},
        {"code": "c2", "fa": "آبی", "en": ""},
    ]


def test_what_is_wrong_is_said_beside_the_field(shop, owner_client, defined):
    defined()
    answer = owner_client.post(shop.url("settings/attributes/"), OWN)
    assert answer.status_code == 422
    assert "مشخصه‌ای با این کلید هست." in answer.content.decode()


def test_c090_a_trade_is_laid_out_by_a_button_and_by_the_settings(shop, owner_client, business):
    address = shop.url("settings/attributes/")
    assert owner_client.post(address, {"action": "preset", "trade": "toys"}).status_code == 302
    assert owner_client.post(address, {"action": "preset", "trade": "banks"}).status_code == 404
    settings = {"name": "پوشاک", "vertical": "clothing", "timezone": "Asia/Tehran"}
    saved = owner_client.post(shop.url("settings/?section=business"), settings)
    assert saved.status_code == 302
    with acting_for(business.id):
        keys = set(AttributeDefinition.objects.values_list("key", flat=True))
    assert {"favourite_table", "child_birth_month", "has_child", "size"} <= keys


def test_a_customers_particulars_are_shown_changed_and_confirmed(
    shop, client_as, text_of, defined, business
):
    defined()
    defined("born", "month")
    defined("vip", "yes_no")
    person = shop.meet("09121234567")
    page = shop.url(f"customers/{person.customer_id}/")
    cashier = client_as(Role.CASHIER)
    assert "هنوز چیزی گفته نشده است" in text_of(cashier.get(page))
    form = {"job": "نجار", "born": "۱۴۰۲/۵", "vip": "no", "Said": "on"}
    assert cashier.post(f"{page}attributes/", form).status_code == 302
    shown = text_of(cashier.get(page))
    assert "نجار" in shown
    assert "مرداد ۱۴۰۲" in shown
    assert "گفتهٔ مشتری" in shown
    assert 'value="1402/05"' in text_of(cashier.get(f"{page}attributes/"))
    same = {"job": "نجار", "born": "1402/5", "vip": "no"}
    assert cashier.post(f"{page}attributes/", same).status_code == 302
    with acting_for(business.id):
        assert AttributeValue.objects.count() == 3
    assert cashier.post(f"{page}attributes/", same | {"deed": "confirm"}).status_code == 302
    cleared = same | {"job": ""}
    assert cashier.post(f"{page}attributes/", cleared).status_code == 302
    with acting_for(business.id):
        assert AttributeValue.objects.count() == 7
        last = AttributeValue.objects.latest("recorded_at")
        assert (last.key, last.value, last.source) == ("job", None, "staff")
        assert ProfileView.objects.filter(customer_id=person.customer_id).exists()


def test_a_value_of_another_kind_is_told_beside_its_field(shop, owner_client, defined):
    defined("born", "month")
    person = shop.meet("09121234567")
    answer = owner_client.post(
        shop.url(f"customers/{person.customer_id}/attributes/"), {"born": "1402/13"}
    )
    assert answer.status_code == 422
    assert "ماه را مانند ۱۴۰۲/۵ بنویسید." in answer.content.decode()


def test_what_is_sensitive_is_for_managers(shop, client_as, owner_client, text_of, defined):
    row = defined(privacy="sensitive")
    person = shop.meet("09121234567")
    with acting_for(row.business_id):
        note_attributes(
            customer_id=person.customer_id,
            given={"job": "رازِ بزرگ"},
            source="staff",
            now=timezone.now(),
        )
    page = shop.url(f"customers/{person.customer_id}/")
    cashier = client_as(Role.CASHIER)
    for address in (page, f"{page}attributes/"):
        assert "رازِ بزرگ" in text_of(owner_client.get(address))
        assert "رازِ بزرگ" not in text_of(cashier.get(address))
    assert cashier.post(f"{page}attributes/", {"job": ""}).status_code == 302
    assert "رازِ بزرگ" in text_of(owner_client.get(page))


def test_pages_cost_the_same_for_one_and_for_three(shop, owner_client, text_of, defined, business):
    with acting_for(business.id):
        AttributeDefinition.objects.all().delete()
    person = shop.meet("09121234567")
    own = f"customers/{person.customer_id}/attributes/"
    addresses = [shop.url(own), shop.url("settings/attributes/")]

    def known(*keys):
        for key in keys:
            defined(key)
            with acting_for(business.id):
                note_attributes(
                    customer_id=person.customer_id,
                    given={key: "نجار"},
                    source="staff",
                    now=timezone.now(),
                )

    known("a")
    one = [_queries(owner_client, text_of, address) for address in addresses]
    known("b", "c")
    assert [_queries(owner_client, text_of, address) for address in addresses] == one


def _queries(client, text_of, address):
    with CaptureQueriesContext(connection) as asked:
        text_of(client.get(address))
    return len(asked)
