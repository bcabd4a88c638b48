"""No page shows a door its reader may not open."""

import re

import pytest
from django.urls import resolve
from django.utils import timezone

from businesses.enums import Role
from businesses.queries import role_may
from core.tenancy import acting_for
from customers.operations import open_case
from payments.operations import create_payment
from segmentation.operations import score_business
from tests.house.addresses import addresses

_LEADS_TO = re.compile(r'(?:href|action|hx-get|hx-post)="(/b/[^"?#]+)')
_LISTS = [
    one
    for one in addresses()
    if one.kind == "page"
    and one.arguments == ("slug",)
    and not one.route.endswith((".csv", ".xlsx"))
]


@pytest.fixture
def lived_in(shop):
    """A shop with a customer in a segment, a payment and a case; returns pages of theirs."""
    sold = shop.sell()
    with acting_for(shop.business.id):
        score_business(now=timezone.now())
        payment = create_payment(external_id="order", amount_rial=500_000, now=timezone.now())
        open_case(
            kind="complaint", title="سرد بود", customer_id=sold.customer_id, now=timezone.now()
        )
    return [f"customers/{sold.customer_id}/", f"payments/{payment.id}/"]


@pytest.mark.parametrize("role", [Role.CASHIER, Role.ANALYST, Role.MANAGER])
def test_what_a_page_leads_to_opens_for_its_reader(lived_in, shop, client_as, role):
    client = client_as(role)
    shut = set()
    for path in (*(one.path(slug=shop.business.slug) for one in _LISTS), *map(shop.url, lived_in)):
        response = client.get(path)
        if response.status_code != 200:
            continue
        for target in _LEADS_TO.findall(response.content.decode()):
            roles = getattr(resolve(target).func, "business_roles")  # noqa: B009 - set by the door
            if not role_may(role, roles):
                shut.add(f"{path} → {target}")
    assert shut == set()
