"""The till without a mouse: a code scanner, and points spent by keys alone."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.tenancy import acting_for
from customers.models import Customer, Purchase
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from loyalty.models import Redemption
from loyalty.operations import update_program
from loyalty.operations.till import change_till_rules

# A scanner's keys come faster than a busy machine lets a test type them: they are made in the page,
# each five milliseconds after the last whatever the machine does.
# On a Persian keyboard they are these keys, but not these letters.
_SCAN = """([code, letters]) => {
  const field = document.activeElement;
  let at = performance.now() + 1000;
  const press = (key, code) => {
    const event = new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true });
    at += 5;
    Object.defineProperty(event, "timeStamp", { value: at });
    field.dispatchEvent(event);
  };
  [...code].forEach((sign, place) => {
    press(letters[place], /\\d/.test(sign) ? `Digit${sign}` : `Key${sign}`);
    field.value += letters[place];
  });
  press("Enter", "Enter");
}"""


def _scan(till: Page, code: str, letters: str = "") -> None:
    till.evaluate(_SCAN, [code, letters or code])


@pytest.fixture
def member(business) -> Customer:
    """Return somebody with points that can be spent at once."""
    now = timezone.now()
    sale = NewPurchase(
        external_id="first",
        channel="pos",
        customer=CustomerHint(mobile="09121234567", name="سارا کریمی"),
        tenders=(NewTender(method="pos", amount_rial=40_000_000),),
    )
    with acting_for(business.id):
        update_program(changes={"pending_days": 0}, actor=None, now=now)
        [outcome] = record_purchases(purchases=[sale], source="api", now=now)
        assert outcome.customer_id is not None
        return Customer.objects.get(id=outcome.customer_id)


@pytest.fixture
def till(tab: Page, business, sign_in, member) -> Page:
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    return tab


def test_a_scanned_code_finds_its_member_from_any_field(till, member):
    till.keyboard.press("F4")
    till.keyboard.type("850000")
    _scan(till, member.member_code)
    expect(till.locator("#person")).to_contain_text("سارا کریمی")
    expect(till.locator("#id_mobile")).to_have_value(member.member_code)
    expect(till.locator("#id_amount")).to_have_value("۸۵۰٬۰۰۰")
    expect(till.locator("#id_amount")).to_be_focused()
    till.keyboard.press("F9")
    till.wait_for_url("**/till/receipts/**")
    with acting_for(member.business_id):
        sale = Purchase.objects.exclude(external_id="first").get()
    assert (sale.customer_id, sale.total_rial) == (member.id, 8_500_000)


def test_a_persian_keyboard_does_not_spoil_a_code(till, member):
    till.keyboard.press("F4")
    _scan(till, member.member_code, letters="ش" * len(member.member_code))
    expect(till.locator("#id_mobile")).to_have_value(member.member_code)
    expect(till.locator("#id_amount")).to_have_value("")
    expect(till.locator("#person")).to_contain_text("سارا کریمی")


def test_a_code_of_nobody_is_refused_and_sells_nothing(till, business):
    _scan(till, "ZZZZ9999")
    expect(till.locator("#person")).to_contain_text("کد یک عضو نیست")
    till.keyboard.type("90000")
    till.keyboard.press("F9")
    expect(till.get_by_role("alert")).to_contain_text("نه کد یک عضو")
    with acting_for(business.id):
        assert Purchase.objects.count() == 1


def test_points_are_found_spent_and_sold_by_keys_alone(till, member, business):
    till.keyboard.type("09121234567")
    till.keyboard.press("Enter")
    expect(till.locator("#balance")).to_be_visible()
    till.keyboard.type("1200000")
    till.keyboard.press("Tab")
    expect(till.locator("#redeem")).to_be_visible()
    till.keyboard.press("F8")
    expect(till.locator("#redeem")).to_be_checked()
    till.keyboard.press("F9")
    till.wait_for_url("**/till/receipts/**")
    till.keyboard.press("Enter")
    till.wait_for_url("**/till/")
    with acting_for(business.id):
        spent = Redemption.objects.get()
        assert (spent.state, spent.customer_id) == ("committed", member.id)


def test_f8_says_why_no_points_can_be_spent(till, business):
    """With nobody chosen, and with somebody whose points cannot be spent yet."""
    now = timezone.now()
    sale = NewPurchase(
        external_id="waits",
        channel="pos",
        customer=CustomerHint(mobile="09127654321", name="مینا سپهری"),
        tenders=(NewTender(method="pos", amount_rial=40_000_000),),
    )
    with acting_for(business.id):
        update_program(changes={"pending_days": 14}, actor=None, now=now)
        record_purchases(purchases=[sale], source="api", now=now)
    said = till.locator("#points-said")
    till.keyboard.press("F8")
    expect(said).to_contain_text("اول موبایل یا کد مشتری")
    till.locator("#id_mobile").focus()
    till.keyboard.type("09127654321")
    till.keyboard.press("Enter")
    expect(till.locator("#person")).to_contain_text("مینا سپهری")
    expect(said).to_have_text("")
    till.keyboard.press("F8")
    expect(said).to_contain_text("امتیازی برای خرج در این فروش ندارد")


def test_a_wrong_code_keeps_the_points_ticked_and_asks_for_the_code(till, member, business):
    """Pressing F9 again must not sell at the full price by mistake."""
    with acting_for(business.id):
        change_till_rules(changes={"code_from_rial": 0}, actor=None, now=timezone.now())
    till.keyboard.type("09121234567")
    till.keyboard.press("Enter")
    expect(till.locator("#balance")).to_be_visible()
    till.keyboard.type("1200000")
    till.keyboard.press("Tab")
    expect(till.locator("#redeem")).to_be_visible()
    till.keyboard.press("F8")
    till.keyboard.type("111111")
    till.keyboard.press("F9")
    expect(till.get_by_role("alert")).to_be_visible()
    expect(till.locator("#redeem")).to_be_checked()
    expect(till.locator("#spend-code input")).to_be_focused()
    with acting_for(business.id):
        assert Purchase.objects.count() == 1
