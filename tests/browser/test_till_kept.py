"""Rule R47 in a real browser: a closed till page opens again without a network (ADR 56)."""

import pytest
from playwright.sync_api import Error, Page, expect

from core.tenancy import acting_for
from customers.models import Purchase

_KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  }
  return found.sort();
}"""
# The first time all its files are fetched once more.
_KEEPING_MS = 30_000
_NUMBER = "() => document.querySelector('#till [name=sale_id]').value"


def _kept(tab: Page) -> list[str]:
    found: list[str] = tab.evaluate(_KEPT)
    return found


def _until(tab: Page, holds) -> None:
    for _try in range(150):
        if holds():
            return
        tab.wait_for_timeout(100)
    assert holds()


@pytest.fixture
def address(business) -> str:
    return f"/b/{business.slug}/till/"


@pytest.fixture
def till(tab: Page, address, sign_in) -> Page:
    """A till whose worker has kept it."""
    sign_in("cashier")
    tab.goto(address)
    tab.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=_KEEPING_MS)
    _until(tab, lambda: f"{address}kept/" in _kept(tab))
    return tab


def _totals(business) -> list[int]:
    with acting_for(business.id):
        return sorted(Purchase.objects.values_list("total_rial", flat=True))


def test_r47_a_closed_till_opens_without_a_network_and_sells(till, business, address):
    network = till.context
    till.close()
    network.set_offline(True)
    other = network.new_page()
    numbers = []
    for amount in ("100000", "200000"):
        other.goto(address)
        expect(other.get_by_text("صندوق، چنان‌که این دستگاه نگه داشته")).to_be_visible()
        expect(other.locator("#till-said")).to_be_hidden()
        numbers.append(other.evaluate(_NUMBER))
        other.fill("#id_mobile", "09121234567")
        other.fill("#id_amount", amount)
        other.keyboard.press("F9")
        expect(other.locator("#id_amount")).to_have_value("")
    assert len(set(numbers)) == 2
    expect(other.locator("#till-waiting")).to_contain_text("۲ فروش")
    assert _totals(business) == []
    network.set_offline(False)
    expect(other.locator("#till-queue")).to_be_hidden()
    _until(other, lambda: _totals(business) == [1_000_000, 2_000_000])


def test_r47_the_kept_page_sells_when_the_network_is_back(till, business, address):
    till.context.set_offline(True)
    till.goto(address)
    till.context.set_offline(False)
    till.fill("#id_amount", "300000")
    till.keyboard.press("F9")
    till.wait_for_url("**/receipts/**")
    assert _totals(business) == [3_000_000]


def test_r47_nothing_of_a_customer_is_kept(till, business, address):
    till.fill("#id_mobile", "09121234567")
    till.fill("#id_amount", "100000")
    till.keyboard.press("F9")
    till.wait_for_url("**/receipts/**")
    till.goto(f"{address}?customer=1")
    pages = [path for path in _kept(till) if not path.startswith("/static/")]
    assert pages == [f"{address}kept/"]


def test_r47_what_is_kept_goes_at_signing_out(till, address):
    assert _kept(till)
    till.locator("form[data-leaves] button").first.click()
    till.wait_for_url(lambda url: "/b/" not in url)
    assert _kept(till) == []
    till.context.set_offline(True)
    with pytest.raises(Error, match="ERR_"):
        till.goto(address)


def test_r47_what_is_kept_goes_when_the_session_ended_by_itself(till, address):
    token = next(one for one in till.context.cookies() if one["name"] == "sessionid")
    till.context.clear_cookies(name=token["name"])
    till.goto(address)
    till.wait_for_url("**/accounts/login/**")
    _until(till, lambda: _kept(till) == [])
