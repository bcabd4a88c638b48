"""Rule R47 in a real browser: the till goes on selling without a network, and loses nothing."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.tenancy import acting_for
from customers.models import Purchase
from loyalty.models import TillTransaction


def _type(tab: Page, amount: str, mobile: str = "09121234567") -> None:
    tab.fill("#id_mobile", mobile)
    tab.fill("#id_amount", amount)
    tab.keyboard.press("F9")


def _totals(business) -> list[int]:
    with acting_for(business.id):
        return sorted(Purchase.objects.values_list("total_rial", flat=True))


@pytest.fixture
def till(tab: Page, business, sign_in) -> Page:
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    return tab


@pytest.fixture
def network(tab: Page) -> BrowserContext:
    return tab.context


def test_r47_sales_without_a_network_wait_in_sight_and_are_sent_once(till, network, business):
    network.set_offline(True)
    for amount in ("100000", "200000"):
        _type(till, amount)
        expect(till.locator("#id_amount")).to_have_value("")
    expect(till.locator("#till-waiting")).to_contain_text("۲ فروش")
    expect(till.locator("#till-waiting-list li")).to_have_count(2)
    expect(till.locator("#till-waiting-list")).to_contain_text("۱۰۰٬۰۰۰")
    assert _totals(business) == []
    network.set_offline(False)
    expect(till.locator("#till-queue")).to_be_hidden()
    assert _totals(business) == [1_000_000, 2_000_000]
    till.reload()
    expect(till.locator("#till-queue")).to_be_hidden()
    assert _totals(business) == [1_000_000, 2_000_000]
    with acting_for(business.id):
        rows = TillTransaction.objects.order_by("sequence")
        assert [(row.sequence, row.is_late) for row in rows] == [(1, True), (2, True)]


def test_r47_what_waits_outlives_the_tab(till, network, business):
    network.set_offline(True)
    _type(till, "100000")
    expect(till.locator("#till-waiting")).to_contain_text("۱ فروش")
    till.close()
    network.set_offline(False)
    other = network.new_page()
    other.goto(f"/b/{business.slug}/till/")
    expect(other.locator("#till-queue")).to_be_hidden()
    other.wait_for_function("async () => (await indexedDB.databases()).length > 0")
    expect(other.locator("#till")).to_be_visible()
    _until(other, lambda: _totals(business) == [1_000_000])


def test_r47_an_answer_that_never_came_records_nothing_twice(till, network, business):
    """The server recorded the sale, the browser never heard so: it is sent again, once."""
    address = f"**/b/{business.slug}/till/"

    swallowed: list[int] = []

    def swallow(route):
        if route.request.method == "POST":
            swallowed.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.fallback()

    till.route(address, swallow)
    _type(till, "100000")
    _until(till, lambda: swallowed == [302])
    assert _totals(business) == [1_000_000]
    till.unroute(address)
    till.goto(f"/b/{business.slug}/till/")
    # As old as a sale in doubt has to be before it is sent late.
    till.evaluate(_AGE_ALL)
    till.reload()
    _until(till, lambda: _late(business) == ["done"])
    assert _totals(business) == [1_000_000]


def test_r47_what_needs_the_server_is_not_recorded_without_it(till, network, business):
    network.set_offline(True)
    till.fill("#id_gift_code", "ABCD")
    _type(till, "100000")
    expect(till.locator("#till-said")).to_contain_text("شبکه نیست")
    expect(till.locator("#id_amount")).to_have_value("۱۰۰٬۰۰۰")
    expect(till.locator("#till-queue")).to_be_hidden()
    network.set_offline(False)
    assert _totals(business) == []


def test_a_refused_sale_is_not_sent_behind_the_cashiers_back(till, business):
    _type(till, "100000", mobile="12")
    expect(till.get_by_role("alert")).to_be_visible()
    till.evaluate(_AGE_ALL)
    till.reload()
    expect(till.locator("#till-queue")).to_be_hidden()
    assert _totals(business) == []


def _late(business) -> list[str]:
    with acting_for(business.id):
        return list(TillTransaction.objects.values_list("state", flat=True))


def _until(tab: Page, holds) -> None:
    for _try in range(100):
        if holds():
            return
        tab.wait_for_timeout(100)
    assert holds()


_AGE_ALL = """() => new Promise((done) => {
  const asked = indexedDB.open("vafa-till", 1);
  asked.onsuccess = () => {
    const step = asked.result.transaction("sales", "readwrite");
    const sales = step.objectStore("sales");
    sales.getAll().onsuccess = (event) => event.target.result.forEach((one) => {
      sales.put({ ...one, at: new Date(Date.now() - 60000).toISOString() });
    });
    step.oncomplete = () => { asked.result.close(); done(); };
  };
})"""
