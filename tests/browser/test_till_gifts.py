"""C048 and C050 in a real browser: what is pressed at the till is what is given."""

from itertools import pairwise

from django.utils import timezone
from playwright.sync_api import Locator, expect

from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.enums.benefits import BenefitKind
from loyalty.models import Benefit, BenefitGiven
from loyalty.operations.benefits import NewBenefit, offer_benefit


def _offer(name: str, stock: int | None = None) -> None:
    new = NewBenefit(name=name, kind=BenefitKind.GIFT, unit_cost_rial=9, stock=stock)
    offer_benefit(new=new, actor=None, now=timezone.now())


def _apart(buttons: Locator) -> None:
    """Demand that no button touches the next: a finger takes one of them."""
    expect(buttons).to_have_count(3)
    boxes = [box for button in buttons.all() if (box := button.bounding_box())]
    for upper, lower in pairwise(boxes):
        assert lower["y"] - (upper["y"] + upper["height"]) >= 6, (upper, lower)


def test_c050_of_several_gifts_the_one_pressed_is_given_and_comes_back(tab, business, sign_in):
    with acting_for(business.id):
        _offer("آبنبات")
        _offer("فنجان", stock=1)
        _offer("کیسه")
        hint = CustomerHint(mobile="09121234567", name="سارا محمدی")
        find_or_create(customer=hint, source="api", now=timezone.now())
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    tab.fill("#id_mobile", "09121234567")
    tab.keyboard.press("Enter")
    for width in (1440, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        _apart(tab.locator("#person .row-line button"))
    row = tab.locator("#person .row-line", has_text="فنجان")
    row.get_by_role("button").click()
    expect(row).to_contain_text("داده شد: فنجان")
    with acting_for(business.id):
        assert BenefitGiven.objects.get().benefit.name == "فنجان"
        assert Benefit.objects.get(name="فنجان").stock == 0
    row.get_by_role("button").click()
    expect(row).to_contain_text("پس گرفته شد: فنجان")
    with acting_for(business.id):
        assert Benefit.objects.get(name="فنجان").stock == 1
