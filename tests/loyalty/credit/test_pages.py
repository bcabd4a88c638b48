"""Store credit on the pages: terms, paying in, the till, the customer's own (issue 4 §2)."""

import re

import pytest

from core.ids import new_id
from core.tenancy import acting_for
from core.text import latin_digits
from customers.models import Purchase
from loyalty.models import CreditTerms, StoreCredit
from loyalty.operations.till.rules import change_till_rules
from messaging.models import Message
from tests.loyalty.credit.conftest import filled, has, known, switch_on


@pytest.fixture
def page(owner_client, business):
    """Return a function that asks for a page of the business."""

    def ask(path, data=None):
        address = f"/b/{business.slug}/{path}"
        return owner_client.get(address) if data is None else owner_client.post(address, data)

    return ask


def test_the_owner_switches_it_on_and_reads_what_is_owed(page, business, now):
    assert "اعتبار فروشگاه" in page("store-credit/").content.decode()
    answer = page("store-credit/terms/", {"is_on": "on", "most": "500000", "months": "12"})
    assert answer.status_code == 302
    with acting_for(business.id):
        row = CreditTerms.objects.get()
        assert (row.is_on, row.most_rial, row.months) == (True, 5_000_000, 12)
        sara = known(now)
    external = str(new_id())
    typed = {
        "external_id": external,
        "credit_amount": "30000",
        "credit_paid_by": "cash",
        "credit_reason": "شارژ مهمان",
    }
    for _time in range(2):
        assert page(f"customers/{sara}/store-credit/", typed).status_code == 302
    with acting_for(business.id):
        assert has(sara, now) == 300_000
        row_id = StoreCredit.objects.get().id
    text = page("store-credit/").content.decode()
    assert "شارژ مهمان" in text
    assert "۳۰٬۰۰۰" in text
    assert "شارژ مهمان" in page(f"customers/{sara}/").content.decode()
    page(f"store-credit/{row_id}/back/", {"reason": "اشتباه"})
    with acting_for(business.id):
        assert has(sara, now) == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"credit_amount": "80000"}, "حداکثر ۵۰٬۰۰۰ تومان"),
        ({"credit_amount": "صد"}, "عدد"),
        ({"credit_amount": "0"}, ""),
        ({"credit_reason": " "}, "لازم"),
        ({"credit_paid_by": "luck"}, ""),
    ],
)
def test_what_was_typed_stays_beside_its_refusal(page, business, now, wrong, told):
    """C015: a refused filling is shown again as it was typed, under the number it had."""
    with acting_for(business.id):
        switch_on(now, most_rial=500_000)
        sara = known(now)
    number = str(new_id())
    typed = {
        "external_id": number,
        "credit_amount": "30000",
        "credit_paid_by": "pos",
        "credit_reason": "شارژ مهمان",
    }
    answer = page(f"customers/{sara}/store-credit/", typed | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in text or 'aria-invalid="true"' in text
    assert told in text
    assert number in text
    for name in {"credit_amount", "credit_reason"} - set(wrong):
        assert f'value="{typed[name]}"' in text
    assert f"/customers/{sara}/" in text
    with acting_for(business.id):
        assert has(sara, now) == 0
    assert page(f"customers/{sara}/store-credit/", typed).status_code == 302
    with acting_for(business.id):
        assert has(sara, now) == 300_000
    assert page(f"customers/{sara}/store-credit/").status_code == 200


def _till(sale_id, **more):
    return {
        "sale_id": str(sale_id),
        "mobile": "09121234567",
        "amount": "50000",
        "method": "cash",
        "branch": "",
        "store_credit": "1",
        "lines-count": "0",
        **more,
    }


def test_the_till_spends_it_with_the_customers_code(page, business, now):
    """Spent as points are: from a worth on only with the one-time code; a repeated form once."""
    with acting_for(business.id):
        switch_on(now)
        sara = known(now)
        filled(sara, now, 300_000)
        change_till_rules(changes={"code_from_rial": 0}, actor=None, now=now)
    assert "store-credit" in page("till/customer/?mobile=09121234567").content.decode()
    sale_id = new_id()
    assert page("till/", _till(sale_id)).status_code == 422
    with acting_for(business.id):
        assert has(sara, now) == 300_000
    page("till/code/", {"mobile": "09121234567"})
    with acting_for(business.id):
        text = Message.objects.latest("id").body
    code = re.search(r"\d{6}", latin_digits(text))
    assert code is not None
    for _time in range(2):
        answer = page("till/", _till(sale_id, code=code.group()))
        assert answer.status_code == 302
    assert "اعتبار فروشگاه" in page(answer.url.split(business.slug + "/")[1]).content.decode()
    with acting_for(business.id):
        assert has(sara, now) == 0
        assert Purchase.objects.get().total_rial == 500_000
