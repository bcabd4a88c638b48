"""The draft of rules beside the rules in force."""

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from tests.loyalty.rules.conftest import basket, bonus, put, record

pytestmark = pytest.mark.django_db


def test_c114_a_draft_tells_what_is_used_of_a_budget_that_stays(owner_client, business):
    """«0 of 5 million» on the draft and «20 %» on the rules in force is read as a fresh budget."""
    now = timezone.now()
    with acting_for(business.id):
        put(bonus("fixed", 100, budget_rial=10_000_000), now=now)
        record(basket(("a", "چای", 5_000_000), at=now), now=now)
    address = f"/b/{business.slug}/rules/"
    rule = {"name": "صبح", "effect": "times", "times": "2/1", "customer_span": "ever"}
    assert owner_client.post(f"{address}new/", rule).status_code == 302
    used = "۱۰٬۰۰۰ از ۱٬۰۰۰٬۰۰۰ تومان"
    for page in ("", "draft/"):
        assert used in owner_client.get(f"{address}{page}").content.decode()


def test_what_is_no_purchase_is_tried_without_the_fields_of_one(owner_client, business):
    """What stays in hidden fields neither counts nor refuses anything."""
    address = f"/b/{business.slug}/rules/"
    rule = {"name": "دوبرابر", "effect": "times", "times": "2/1", "customer_span": "ever"}
    assert owner_client.post(f"{address}new/", rule).status_code == 302
    shown = owner_client.get(f"{address}try/").content.decode()
    assert shown.count("of-a-sale") == 4
    assert 'id="try-form"' in shown
    asked = {"happened": "joined", "total": "-5", "category": "نان", "category_toman": "999999"}
    tried = owner_client.post(f"{address}try/", asked)
    assert tried.status_code == 200
    assert not tried.context["form"].errors
    assert [column.total for column in tried.context["told"]] == ["۰", "۰"]
    again = owner_client.post(f"{address}try/", asked | {"happened": "", "channel": "till"})
    assert again.status_code == 422
