"""The verbs of a till: each once by the device's own number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.operations import issue_api_key, rotate_api_key, switch_device
from core.tenancy import acting_for
from customers.models import Purchase, Return
from loyalty.models import LedgerEntry, Redemption, TillTransaction
from loyalty.queries.invariants import broken
from tests.loyalty.pos.conftest import MOBILE

pytestmark = pytest.mark.django_db


def _count(business, model):
    with acting_for(business.id):
        return model.objects.count()


def test_a_sale_at_a_device_is_a_purchase_with_points(till, business):
    told = till.sell("0001")
    assert (told["status"], told["total"], told["points"]["earned"]) == ("done", 30_000_000, 300)
    with acting_for(business.id):
        purchase = Purchase.objects.get()
    assert (purchase.channel, purchase.external_id) == ("pos", "till-1:0001")
    assert told["purchase_id"] == str(purchase.id)


@pytest.mark.parametrize("verb", ["accrue", "redeem", "reverse"])
def test_the_same_number_again_is_told_the_same_and_done_once(till, business, verb):
    till.sell("0001")
    body = {
        "accrue": till.sale("0002"),
        "redeem": {"transaction_id": "0002", "mobile": MOBILE, "points": 100},
        "reverse": {"transaction_id": "0002", "reverses": "0001"},
    }[verb]
    first, again = till.post(verb, **body), till.post(verb, **body)
    assert (first.status_code, again.status_code) == (201, 200), first.content.decode()
    assert first.json() == again.json()
    assert _count(business, TillTransaction) == 2
    assert _count(business, LedgerEntry) == 2
    with acting_for(business.id):
        assert broken(timezone.now()) == []


def test_two_devices_may_use_the_same_number(till, second_till, business):
    till.sell("0001")
    second_till.sell("0001")
    assert _count(business, Purchase) == 2


def test_a_number_used_for_something_else_is_a_conflict(till, business):
    till.sell("0001")
    answer = till.post("accrue", **till.sale("0001", 31_000_000))
    assert (answer.status_code, answer.json()["code"]) == (409, "transaction_conflict")
    undo = till.post("reverse", transaction_id="0001", reverses="0009")
    assert undo.json()["code"] == "transaction_conflict"
    assert _count(business, Purchase) == 1


def test_points_are_held_then_spent_with_the_sale_that_names_them(till, business):
    till.sell("0001")
    held = till.post("redeem", transaction_id="0002", mobile=MOBILE, points=100).json()
    assert (held["value_rial"], held["balance"]) == (100_000, 200)
    told = till.sell("0003", 1_000_000, by_points=100_000, redemptions=["0002"])
    with acting_for(business.id):
        redemption = Redemption.objects.get()
    assert (redemption.state, str(redemption.purchase_id)) == ("committed", told["purchase_id"])


def test_a_sale_paid_by_points_nobody_spent_is_refused(till, business):
    till.sell("0001")
    answer = till.post("accrue", **till.sale("0002", 1_000_000, by_points=100_000))
    assert (answer.status_code, answer.json()["code"]) == (400, "points_mismatch")
    assert _count(business, Purchase) == 1


def test_undoing_a_sale_takes_everything_back(till, business):
    till.sell("0001")
    till.post("redeem", transaction_id="0002", mobile=MOBILE, points=100)
    till.sell("0003", 10_100_000, by_points=100_000, redemptions=["0002"])
    assert till.balance() == 325  # silver earns a quarter more
    told = till.post("reverse", transaction_id="0004", reverses="0003").json()
    assert (told["found"], told["status"]) == (True, "done")
    assert till.balance() == 300
    again = till.post(
        "accrue", **till.sale("0003", 10_100_000, by_points=100_000, redemptions=["0002"])
    )
    assert again.json()["status"] == "reversed"
    with acting_for(business.id):
        assert [row.returned_rial for row in Purchase.objects.order_by("id")] == [0, 10_100_000]
        assert broken(timezone.now()) == []


@pytest.mark.parametrize("final", [False, True])
def test_undoing_points_gives_them_back(till, business, final):
    till.sell("0001")
    till.post("redeem", transaction_id="0002", mobile=MOBILE, points=100, final=final)
    assert till.balance() == 200
    till.post("reverse", transaction_id="0003", reverses="0002")
    till.post("reverse", transaction_id="0004", reverses="0002")
    assert till.balance() == 300
    with acting_for(business.id):
        assert broken(timezone.now()) == []


def test_points_a_sale_was_paid_with_come_back_with_the_sale_only(till):
    till.sell("0001")
    till.post("redeem", transaction_id="0002", mobile=MOBILE, points=100)
    till.sell("0003", 1_000_000, by_points=100_000, redemptions=["0002"])
    answer = till.post("reverse", transaction_id="0004", reverses="0002")
    assert (answer.status_code, answer.json()["code"]) == (409, "redemption_committed")


def test_r26_an_undoing_may_come_before_the_sale(till, business):
    first = till.post("reverse", transaction_id="0002", reverses="0001")
    assert (first.status_code, first.json()["found"]) == (201, False)
    told = till.sell("0001")
    assert (told["status"], told["undone_before"]) == ("reversed", True)
    assert _count(business, Purchase) == 0
    assert till.sell("0001") == told


def test_what_was_undone_stays_undone(till, business):
    till.sell("0001")
    till.post("reverse", transaction_id="0002", reverses="0001")
    answer = till.post("reverse", transaction_id="0003", reverses="0002")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_reversible")
    till.post("reverse", transaction_id="0004", reverses="0001")
    assert _count(business, Return) == 1


def test_searching_shows_no_whole_mobile(till):
    till.sell("0001", customer={"mobile": MOBILE, "name": "سارا محمدی"}, mobile="")
    for text in ("سارا", "محمدی", "0912123"):
        (found,) = till.post("search", text=text).json()["data"]
        assert (found["name"], found["mobile"]) == ("سارا محمدی", "****4567")
    assert MOBILE[1:] not in till.post("search", text="سارا").content.decode()


def test_searching_costs_the_same_for_one_and_for_three(till):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            found = till.post("search", text="0912000").json()["data"]
        return len(found), len(captured)

    till.sell("1", mobile="09120000001")
    asked()
    one = asked()
    till.sell("2", mobile="09120000002")
    till.sell("3", mobile="09120000003")
    three = asked()
    assert (one[0], three[0]) == (1, 3)
    assert one[1] == three[1]


def test_inquiring_tells_what_a_basket_earns_and_may_be_paid_with(till):
    till.sell("0001")
    told = till.post("inquire", mobile=MOBILE, total=1_000_000).json()
    assert (told["balance"], told["will_earn"], told["spendable_points"]) == (300, 12, 300)
    assert told["allowance"] is None
    assert till.post("inquire", mobile="09129999999").status_code == 404


def test_a_key_made_for_a_device_speaks_for_it_alone(till, second_till, business):
    stolen = till.api.post("pos/accrue", till.sale("1") | {"device": "till-2"})
    assert (stolen.status_code, stolen.json()["code"]) == (403, "device_of_another_key")
    assert till.api.get("customers").status_code == 403
    assert till.api.post("pos/accrue", till.sale("1") | {"device": "nowhere"}).status_code == 404
    assert _count(business, Purchase) == 0


def test_a_key_of_the_business_names_the_device(till, api, business):
    answer = api.post("pos/accrue", till.sale("1"))
    assert (answer.status_code, answer.json()["code"]) == (400, "device_missing")
    answer = api.post("pos/accrue", till.sale("1") | {"device": "till-1"})
    assert answer.json()["code"] == "device_of_another_key"


def test_a_new_key_of_a_device_speaks_for_it_beside_the_old_one(till, business):
    (key_id,) = till.device.key_ids
    _key, plaintext = rotate_api_key(
        key_id=key_id, business_id=business.id, now=timezone.now(), by=None
    )
    old = till.api.key
    for number, key in enumerate((old, plaintext)):
        till.api.key = key
        assert till.sell(str(number))["status"] == "done"


def test_a_device_switched_off_sells_nothing(till, business):
    with acting_for(business.id):
        switch_device(device_id=till.device.id, is_active=False, by=None, now=timezone.now())
    answer = till.post("accrue", **till.sale("1"))
    assert (answer.status_code, answer.json()["code"]) == (403, "device_off")


def test_a_device_of_another_business_is_nowhere(till, other_business, other_api):
    answer = other_api.post("pos/accrue", till.sale("1") | {"device": "till-1"})
    assert answer.status_code == 404


def test_a_till_without_its_scope_is_refused(till, business):
    _key, till.api.key = issue_api_key(
        business_id=business.id, name="x", now=timezone.now(), scopes=["purchases:write"]
    )
    assert till.post("accrue", **till.sale("1")).json()["code"] == "missing_scope"


@pytest.mark.parametrize(
    ("verb", "change", "status", "code"),
    [
        ("accrue", {"transaction_id": ""}, 422, "invalid_body"),
        ("accrue", {"transaction_id": "یک"}, 422, "invalid_body"),
        ("accrue", {"transaction_id": "a b"}, 422, "invalid_body"),
        ("accrue", {"transaction_id": "x" * 101}, 422, "invalid_body"),
        ("accrue", {"tenders": [{"method": "pos", "amount": -1}]}, 400, "invalid_amount"),
        ("accrue", {"tenders": []}, 400, "invalid_amount"),
        ("accrue", {"customer": {"mobile": "12"}}, 400, "invalid_mobile"),
        ("accrue", {"branch": "nowhere"}, 400, "unknown_branch"),
        ("accrue", {"colour": "blue"}, 422, "invalid_body"),
        ("accrue", {"holds": ["x"]}, 422, "invalid_body"),
        ("redeem", {"points": 0}, 422, "invalid_body"),
        ("redeem", {"points": None}, 400, "points_or_reward"),
        ("redeem", {"points": 500}, 409, "insufficient_points"),
        ("redeem", {"points": 10**9}, 422, "code_needed"),
        ("redeem", {"mobile": "09129999999"}, 404, "not_found"),
        ("redeem", {"mobile": "x"}, 404, "not_found"),
        ("reverse", {"reverses": ""}, 422, "invalid_body"),
        ("reverse", {"reason": "x" * 201}, 422, "invalid_body"),
        ("search", {"text": "12"}, 422, "invalid_body"),
        ("search", {"text": "\x00\x00\x00"}, 200, None),
        ("inquire", {"total": -1}, 422, "invalid_body"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(till, business, verb, change, status, code):
    till.sell("0001")
    body = {
        "accrue": till.sale("0002"),
        "redeem": {"transaction_id": "0002", "mobile": MOBILE, "points": 100},
        "reverse": {"transaction_id": "0002", "reverses": "0001"},
        "search": {"text": "سارا"},
        "inquire": {"mobile": MOBILE},
    }[verb]
    answer = till.post(verb, **(body | change))
    assert answer.status_code == status, answer.content.decode()
    assert answer.json().get("code") == code
    assert _count(business, TillTransaction) == 1
