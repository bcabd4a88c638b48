"""The page of services without a price, and giving one on a customer's page (C048)."""

from core.tenancy import acting_for
from loyalty.models import Benefit, BenefitGiven


def test_an_owner_offers_a_cashier_gives_and_the_customer_sees(shop, owner_client):
    """Capability C048."""
    assert "هنوز چیزی ارائه نمی‌شود" in owner_client.get(shop.url("benefits/")).content.decode()
    typed = {"name": "کادوپیچی", "kind": "wrapping", "unit_cost": "۵٬۰۰۰", "most_each": "۱"}
    assert owner_client.post(shop.url("benefits/"), typed).status_code == 302
    sold = shop.sell()
    with acting_for(shop.business.id):
        row = Benefit.objects.get()
    assert row.unit_cost_rial == 50_000
    page = owner_client.get(shop.url(f"customers/{sold.customer_id}/")).content.decode()
    assert "کادوپیچی" in page
    path = shop.url(f"customers/{sold.customer_id}/benefits/{row.id}/give/")
    owner_client.post(path, {"given_id": str(sold.purchase_id)})
    owner_client.post(path, {"given_id": str(sold.purchase_id)})
    with acting_for(shop.business.id):
        assert BenefitGiven.objects.count() == 1
    told = owner_client.get(shop.url("benefits/")).content.decode()
    assert "سارا محمدی" in told
    refused = owner_client.post(path, {}, follow=True).content.decode()
    assert "سهم این ماهش را گرفته است" in refused


def test_what_is_wrong_stands_beside_its_field(shop, owner_client):
    answer = owner_client.post(shop.url("benefits/"), {"name": "", "kind": "x", "unit_cost": "-"})
    assert answer.status_code == 422
    assert answer.content.decode().count('aria-invalid="true"') >= 2


def test_c048_at_the_till_a_service_is_given_with_one_button(shop, owner_client):
    sold = shop.sell()
    typed = {"name": "کادوپیچی", "kind": "wrapping", "unit_cost": "۵٬۰۰۰", "most_each": "۱"}
    owner_client.post(shop.url("benefits/"), typed)
    side = shop.url("till/customer/?mobile=09121234567")
    assert "کادوپیچی" in owner_client.get(side).content.decode()
    with acting_for(shop.business.id):
        row = Benefit.objects.get()
    asked = {"customer": str(sold.customer_id), "benefit": str(row.id)}
    asked["given_id"] = str(sold.purchase_id)
    for _time in range(2):
        told = owner_client.post(shop.url("till/benefit/"), asked)
        assert "داده شد: کادوپیچی" in told.content.decode()
    with acting_for(shop.business.id):
        assert BenefitGiven.objects.count() == 1
    assert "کادوپیچی" not in owner_client.get(side).content.decode()
    asked.pop("given_id")
    again = owner_client.post(shop.url("till/benefit/"), asked)
    assert "سهم این ماهش را گرفته است" in again.content.decode()
    assert owner_client.post(shop.url("till/benefit/"), {}).status_code == 404


def test_c050_a_gift_of_a_stock_is_given_at_the_till_and_taken_back(shop, owner_client):
    sold = shop.sell()
    typed = {"name": "فنجان", "kind": "gift", "unit_cost": "۹۰٬۰۰۰", "stock": "۱"}
    assert owner_client.post(shop.url("benefits/"), typed).status_code == 302
    with acting_for(shop.business.id):
        row = Benefit.objects.get()
    asked = {"customer": str(sold.customer_id), "benefit": str(row.id)}
    given_id = str(sold.purchase_id)
    told = owner_client.post(shop.url("till/benefit/"), asked | {"given_id": given_id})
    assert "پس گرفتن" in told.content.decode()
    assert "تمام شد" in owner_client.get(shop.url("benefits/")).content.decode()
    again = owner_client.post(shop.url("till/benefit/"), asked).content.decode()
    assert "چیزی از آن نمانده" in again
    back = owner_client.post(shop.url(f"till/benefit/{given_id}/back/")).content.decode()
    assert "پس گرفته شد: فنجان" in back
    with acting_for(shop.business.id):
        assert Benefit.objects.get().stock == 1
    owner_client.post(shop.url("till/benefit/"), asked)
    with acting_for(shop.business.id):
        held = BenefitGiven.objects.get(taken_back_at=None)
    owner_client.post(shop.url(f"benefits/given/{held.id}/back/"))
    page = owner_client.get(shop.url("benefits/")).content.decode()
    assert page.count("پس‌گرفته") == 2
