"""N1 on the customer's own page: this purchase is not mine."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Purchase, PurchaseDispute
from customers.operations import CustomerHint, NewLine
from loyalty.operations.disputes import decide_dispute
from tests.loyalty.own.conftest import sell, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(sara: Any, business: Any) -> Any:
    """The purchase of hers that is there."""
    with acting_for(business.id):
        return Purchase.objects.get(customer_id=sara.id)


def _decide(business: Any, *, is_theirs: bool, answer: str) -> None:
    with acting_for(business.id):
        decide_dispute(
            dispute_id=PurchaseDispute.objects.get().id,
            is_theirs=is_theirs,
            answer=answer,
            actor=None,
            now=timezone.now(),
        )


def test_n1_it_is_asked_once_and_seen_to_be_looked_at(bought, business, enter, door):
    browser = enter()
    assert f"{door}purchases/" in told(browser.get(door))
    page = told(browser.get(f"{door}purchases/"))
    assert "این خرید من نیست" in page
    assert "۲۰۰٬۰۰۰" in page
    said = {"purchase": str(bought.id), "words": "آن روز نبودم"}
    answer = browser.post(f"{door}dispute/", said)
    assert (answer.status_code, answer["Location"]) == (302, f"{door}purchases/")
    page = told(browser.get(f"{door}purchases/"))
    assert "در دست بررسی است" in page
    assert "آن روز نبودم" in page
    assert "این خرید من نیست" not in page
    again = told(browser.post(f"{door}dispute/", said, follow=True))
    assert "پیش‌تر گفته‌اید" in again
    with acting_for(business.id):
        assert PurchaseDispute.objects.count() == 1


def test_n1_what_was_bought_is_told_by_name(sara, business, enter, door):
    names = ("لاته", "چیزکیک", "براونی", "پانینی")
    lines = tuple(NewLine(unit_price_rial=1_000_000, name=name) for name in names)
    sell(business, 4_000_000, lines=lines)
    page = told(enter().get(f"{door}purchases/"))
    assert "لاته، چیزکیک، براونی، …" in page


def test_n1_theirs_needs_a_reason_and_changes_nothing(bought, business, enter, door):
    browser = enter()
    browser.post(f"{door}dispute/", {"purchase": str(bought.id)})
    _decide(business, is_theirs=True, answer="رسید امضا دارد")
    page = told(browser.get(f"{door}purchases/"))
    assert "رسید امضا دارد" in page
    assert "از خودتان ماند" in page
    assert "این خرید من نیست" not in page
    with acting_for(business.id):
        assert Purchase.objects.get().customer_id == bought.customer_id


def test_n1_not_theirs_is_gone_from_their_purchases(bought, business, enter, door):
    browser = enter()
    browser.post(f"{door}dispute/", {"purchase": str(bought.id)})
    _decide(business, is_theirs=False, answer="")
    page = told(browser.get(f"{door}purchases/"))
    assert "حق با شما بود" in page
    assert f'value="{bought.id}"' not in page
    assert "خرید از کس دیگری بود" in told(browser.get(f"{door}history/"))


def test_n1_nobody_elses_and_nothing_without_the_door(bought, business, client, enter, door):
    said = {"purchase": str(bought.id)}
    assert client.post(f"{door}dispute/", said)["Location"] == door
    assert client.get(f"{door}purchases/")["Location"] == door
    others = sell(business, customer=CustomerHint(mobile="09351112233")).purchase_id
    browser = enter()
    for wrong in (str(others), "x", ""):
        assert browser.post(f"{door}dispute/", {"purchase": wrong}).status_code == 404
    assert browser.get(f"{door}dispute/").status_code == 405
    assert browser.get(f"{door}purchases/?cursor=x").status_code == 404
    with acting_for(business.id):
        assert not PurchaseDispute.objects.exists()


def test_n1_their_purchases_cost_the_same_for_one_and_for_three(bought, business, enter, door):
    browser, counts = enter(), []
    for more in (0, 2):
        for _time in range(more):
            sell(business)
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"{door}purchases/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
