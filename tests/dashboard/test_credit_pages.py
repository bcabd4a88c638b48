"""C029, C030 on their pages: whom to lend to, and the money to come day by day."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.calendar import business_day
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from dashboard.web.words import digits
from payments.models import Instalment
from tests.payments.conftest import bank, fresh_sandbox, later, poll, sandbox, shop
from tests.payments.instalments.conftest import Lender, lender

__all__ = ["bank", "fresh_sandbox", "later", "lender", "poll", "sandbox", "shop"]


def _page(client, lender: Lender, rest: str) -> str:
    answer = client.get(f"/b/{lender.shop.business.slug}/instalments/{rest}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_whom_to_lend_to_with_limit_and_reason(lender: Lender, owner_client):
    lender.sell()
    page = _page(owner_client, lender, "customers/")
    assert str(lender.customer_id) in page
    assert "۴٬۱۰۰٬۰۰۰" in page  # 41,000,000 rial
    with acting_for(lender.shop.business.id):
        Instalment.objects.update(due_on=lender.today - timedelta(days=30))
    assert str(lender.customer_id) not in _page(owner_client, lender, "customers/")
    refused = _page(owner_client, lender, "customers/?who=refused")
    assert "قسطی عقب افتاده است" in refused
    lender.terms(is_on=False)
    assert "هنوز نسیه نمی‌فروشد" in _page(owner_client, lender, "customers/")


def test_whom_to_lend_to_costs_the_same_for_one_and_for_three(lender: Lender, owner_client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as told:
            _page(owner_client, lender, "customers/")
        return len(told)

    lender.sell()
    cost()
    one = cost()
    with acting_for(lender.shop.business.id):
        for n in (1, 2):
            hint = CustomerHint(mobile=f"0912300000{n}")
            found = find_or_create(customer=hint, source="test", now=lender.shop.now)
            lender.sell(customer_id=found.customer_id)
    assert cost() == one


def test_the_way_to_sell_names_the_customer_and_nobody_elses(lender: Lender, owner_client):
    page = _page(owner_client, lender, f"new/?customer={lender.customer_id}")
    assert digits("0912 123 4567") in page
    for wrong in (lender.shop.business.id, "x"):
        slug = lender.shop.business.slug
        assert owner_client.get(f"/b/{slug}/instalments/new/?customer={wrong}").status_code == 404


def test_money_to_come_day_by_day_and_what_a_day_rests_on(lender: Lender, owner_client, now):
    assert "سررسیدی نیست" in _page(owner_client, lender, "days/")
    on = business_day(now, lender.zone) + timedelta(days=10)
    plan = lender.sell(first_due_on=on)
    page = _page(owner_client, lender, f"days/?day={on.isoformat()}")
    assert f"/instalments/plans/{plan.id}/" in page
    assert page.count('class="heat-cell') == 90
    assert "قسط ۱" in page
    quiet = on + timedelta(days=1)
    assert "در این روز سررسیدی نیست" in _page(owner_client, lender, f"days/?day={quiet}")
    assert _page(owner_client, lender, "days/?day=1405")


def test_the_same_over_http(lender: Lender, api):
    lender.sell()
    told = api.get("reports/cashflow").json()
    assert len(told["days"]) == 90
    assert sum(day["due"] for day in told["days"]) == told["due"] == 9_000_000
    last = told["days"][-1]
    assert (last["low_so_far"], last["high_so_far"]) == (told["low"], told["high"])
    assert all(day["low"] <= day["high"] <= day["due"] for day in told["days"])
