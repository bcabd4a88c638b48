"""Store credit over HTTP (issue 4 §2): filled, held, spent with the sale, told, reported."""

from core.ids import new_id
from tests.loyalty.credit.conftest import known, switch_on


def _sale(total, tenders=()):
    rest = total - sum(one["amount"] for one in tenders)
    cash = [{"method": "cash", "amount": rest}] if rest else []
    return {
        "external_id": str(new_id()),
        "channel": "web",
        "customer": {"mobile": "09121234567"},
        "tenders": [*tenders, *cash],
    }


def _fill(api, customer_id, **more):
    body = {"external_id": "1", "amount": 500_000, "paid_by": "cash", "reason": "شارژ"} | more
    return api.post(f"customers/{customer_id}/store-credit", body)


def test_a_shop_fills_holds_and_spends_it(acting, api, now):
    assert api.get("store-credit-terms").json() == {"on": False, "most": None, "months": None}
    told = api.post("store-credit-terms", {"on": True, "most": 900_000, "months": 6})
    assert told.json() == {"on": True, "most": 900_000, "months": 6}
    sara = known(now)
    made = _fill(api, sara)
    assert made.status_code == 201
    assert made.json()["balance"] == 500_000
    assert _fill(api, sara).json()["id"] == made.json()["id"]
    held = api.post("store-credit-holds", {"mobile": "09121234567", "amount": 200_000}).json()
    assert (held["amount"], held["left"]) == (200_000, 300_000)
    sale = _sale(260_000, held["tenders"])
    assert api.post("purchases", sale).status_code == 201
    assert api.post("purchases", sale).status_code == 200
    use = api.get(f"store-credit-holds/{held['uses'][0]['id']}").json()
    assert (use["status"], use["purchase_id"] is not None) == ("committed", True)
    told = api.get(f"customers/{sara}/store-credit").json()
    assert (told["balance"], told["owed"], told["given"]) == (300_000, 300_000, 0)
    moves = api.get(f"customers/{sara}/store-credit/entries").json()["data"]
    assert [one["amount"] for one in moves] == [-200_000, 500_000]
    assert all("شارژ" in one["explanation"] for one in moves)
    seen = api.get("reports/store-credit").json()
    parts = {one["kind"]: one["owed"] for one in seen["parts"]}
    assert parts == {"paid": 500_000, "spent": -200_000}
    assert seen["closing"] == {"owed": 300_000, "given": 0}


def test_what_is_held_can_be_let_go_and_too_much_is_refused(acting, api, now):
    switch_on(now)
    sara = known(now)
    _fill(api, sara)
    asked = {"customer_id": str(sara), "amount": 500_000}
    held = api.post("store-credit-holds", asked).json()
    refused = api.post("store-credit-holds", asked)
    assert refused.status_code == 409
    assert refused.json()["code"] == "insufficient_store_credit"
    for _time in range(2):
        use = api.post(f"store-credit-holds/{held['uses'][0]['id']}/release", {})
        assert use.json()["status"] == "released"
    up_to = api.post("store-credit-holds", asked | {"amount": 900_000, "exact": False}).json()
    assert up_to["amount"] == 500_000


def test_refusals_say_what_is_wrong_in_persian_and_english(acting, api, now):
    sara = known(now)
    off = _fill(api, sara)
    assert (off.status_code, off.json()["code"]) == (409, "store_credit_off")
    assert "اعتبار" in off.json()["detail"]
    english = api.post(
        f"customers/{sara}/store-credit",
        {"external_id": "2", "amount": 1, "reason": "x"},
        HTTP_ACCEPT_LANGUAGE="en",
    )
    assert "Store credit" in english.json()["detail"]
    assert api.post("store-credit-terms", {"on": True, "months": 0}).status_code == 422
    assert _fill(api, new_id()).status_code == 404
    assert api.post("store-credit-holds", {"mobile": "09350000000", "amount": 1}).status_code == 404


def test_a_mistake_is_taken_back(acting, api, now):
    switch_on(now)
    sara = known(now)
    made = _fill(api, sara).json()
    body = {"reason": "اشتباه"}
    back = api.post(f"store-credit/{made['id']}/take-back", body).json()
    assert (back["taken_back"], back["balance"]) == (True, 0)


def test_goods_that_come_back_fill_it_once(acting, api, now):
    switch_on(now)
    sale = api.post("purchases", _sale(300_000)).json()
    path = f"purchases/{sale['id']}/returns/store-credit"
    body = {"external_id": "r1", "amount": 100_000, "reason": "سایز نبود"}
    made = api.post(path, body)
    assert made.status_code == 201
    assert (made.json()["returned"], made.json()["credit"]["amount"]) == (100_000, 100_000)
    again = api.post(path, body)
    assert (again.status_code, again.json()) == (200, made.json())
    other = api.post(path, body | {"amount": 1})
    assert (other.status_code, other.json()["code"]) == (409, "return_conflict")
    assert api.post(path, {"external_id": "r2"}).json()["credit"]["balance"] == 300_000
