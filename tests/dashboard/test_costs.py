"""What goods cost, as a page."""

from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, record_purchases
from segmentation.queries.actions.listing import category_costs
from tests.customers.conftest import sale

PATH = "actions/costs/"


def _sell(shop):
    line = NewLine(unit_price_rial=5_000, sku="a", name="چای", category="نوشیدنی")
    new = sale(5_000, customer=CustomerHint(mobile="09120000001"), lines=(line,), tenders=(),
               occurred_at=timezone.now())  # fmt: skip
    with acting_for(shop.business.id):
        record_purchases(purchases=[new], source="api", now=timezone.now())


def test_costs_are_said_category_by_category(shop, owner_client, client_as, text_of):
    assert "هنوز از هیچ دسته‌ای فروشی نیست" in text_of(owner_client.get(shop.url(PATH)))
    _sell(shop)
    answer = owner_client.get(shop.url(PATH))
    assert "نوشیدنی" in text_of(answer)
    (key,) = answer.context["form"].names
    assert owner_client.post(shop.url(PATH), {key: "۱۲۰"}).status_code == 422
    assert owner_client.post(shop.url(PATH), {key: "۳۵"}).status_code == 302
    with acting_for(shop.business.id):
        assert category_costs() == {"نوشیدنی": 35}
    assert "۳۵" in text_of(owner_client.get(shop.url(PATH)))
    assert client_as("analyst").get(shop.url(PATH)).status_code == 403
