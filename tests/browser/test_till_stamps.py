"""N23 in a real browser: of several full stamp cards the one pressed gives its reward."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, NewPurchase, record_purchases
from loyalty.models import StampReward
from loyalty.operations.stamps import NewStampCard, make_stamp_card

_CARDS = ("قهوه", "کیک", "چای")
_MOBILE = "09121234567"


def _full_cards() -> None:
    now = timezone.now()
    for category in _CARDS:
        new = NewStampCard(name=f"کارت {category}", needed=2, most_rial=500_000, category=category)
        make_stamp_card(new=new, by="t", now=now)
    lines = tuple(NewLine(quantity=2, unit_price_rial=500_000, category=one) for one in _CARDS)
    hint = CustomerHint(mobile=_MOBILE, name="سارا محمدی")
    bought = NewPurchase(external_id="full-cards", channel="pos", customer=hint, lines=lines)
    [outcome] = record_purchases(purchases=[bought], source="api", now=now)
    assert outcome.error is None


@pytest.mark.parametrize("pressed", _CARDS)
def test_n23_of_several_full_cards_the_one_pressed_is_rewarded(tab, business, sign_in, pressed):
    with acting_for(business.id):
        _full_cards()
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    tab.fill("#id_mobile", _MOBILE)
    tab.keyboard.press("Enter")
    names = tab.locator("#person section", has_text="کارت‌های مهر").locator(".row-line > span")
    expect(names).to_have_count(len(_CARDS))
    place = names.all_inner_texts().index(f"کارت {pressed}") + 1
    reward = tab.locator(f"#reward-{place}")
    reward.get_by_role("button").click()
    expect(reward).to_contain_text("پاداش یک کوپن است")
    with acting_for(business.id):
        (taken,) = StampReward.objects.select_related("card")
        assert taken.card.name == f"کارت {pressed}"
    others = tab.locator("[id^=reward-] button")
    expect(others).to_have_count(len(_CARDS) - 1)
