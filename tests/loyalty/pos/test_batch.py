"""Rule R47: what tills did without a network, taken in late, once, in their own order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from businesses.models import User
from core.tenancy import acting_for
from customers.models import Purchase, PurchaseLine
from customers.operations.context import lay_out_context
from loyalty.models import LedgerEntry, TillTransaction
from loyalty.operations import update_rule
from loyalty.operations.till import change_till_rules, deal_with
from loyalty.queries.invariants import broken
from loyalty.queries.till.late import not_fitting
from tests.loyalty.pos.conftest import MOBILE

pytestmark = pytest.mark.django_db


def at(minutes_ago=0):
    return (timezone.now() - timedelta(minutes=minutes_ago)).isoformat()


def row(sequence, minutes_ago=60, **done):
    return {"sequence": sequence, "at": at(minutes_ago), **done}


@pytest.fixture
def send(till):
    """Return a function that sends rows and returns the answer's document."""

    def post(*rows, sent=None, to=till):
        answer = to.post("batch", sent_at=sent or at(), rows=list(rows))
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    return post


def _purchases(business):
    with acting_for(business.id):
        assert broken(timezone.now() + timedelta(days=4000)) == []
        return list(Purchase.objects.order_by("occurred_at"))


def _notes(told):
    return [one["transaction"]["notes"] for one in told["results"]]


def test_r47_late_sales_are_recorded_when_they_happened(till, send, business):
    told = send(row(1, 180, accrue=till.sale("a")), row(2, 90, accrue=till.sale("b")))
    assert (told["done"], told["replayed"], told["refused"]) == (2, 0, 0)
    assert (told["last_sequence"], told["missing"]) == (2, [])
    first, second = _purchases(business)
    assert timedelta(minutes=89) < second.occurred_at - first.occurred_at < timedelta(minutes=91)
    assert till.balance() == 600 + 75  # silver from the first on


def test_r47_the_same_batch_twice_does_everything_once(till, send, business):
    rows = [row(1, accrue=till.sale("a")), row(2, reverse=_undo("b", "a")), row(3, accrue={})]
    first, again = send(*rows), send(*rows)
    assert (first["done"], first["refused"]) == (2, 1)
    assert (again["done"], again["replayed"], again["refused"]) == (0, 2, 1)
    assert [one.get("transaction") for one in first["results"][1:]] == [
        one.get("transaction") for one in again["results"][1:]
    ]
    assert len(_purchases(business)) == 1


def test_r47_a_sale_twice_in_one_batch_is_one(till, send, business):
    told = send(row(1, accrue=till.sale("a")), row(2, accrue=till.sale("a")))
    assert [one["status"] for one in told["results"]] == [201, 200]
    assert len(_purchases(business)) == 1


def test_r47_a_sale_that_came_at_once_is_not_recorded_again(till, send, business):
    till.sell("a")
    told = send(row(1, accrue=till.sale("a")))
    assert told["replayed"] == 1
    assert len(_purchases(business)) == 1


def test_r47_the_devices_order_counts_not_the_batchs(till, send, business):
    """An undoing sent before its sale, and a sale before it is undone, end the same."""
    told = send(row(2, 30, reverse=_undo("b", "a")), row(1, 60, accrue=till.sale("a")))
    assert [one["transaction"]["status"] for one in told["results"]] == ["done", "done"]
    assert told["results"][0]["transaction"]["found"] is True
    (sale,) = _purchases(business)
    assert sale.returned_rial == sale.total_rial
    send(row(4, 20, reverse=_undo("d", "c")))
    told = send(row(3, 25, accrue=till.sale("c")))
    assert told["results"][0]["transaction"]["status"] == "reversed"
    assert till.balance() == 0


@pytest.mark.parametrize("minutes", [-600, -3, 3, 600])
def test_r47_a_wrong_clock_is_corrected(till, send, business, minutes):
    """The device believes it is `minutes` later than it is; the sale was an hour ago."""
    told = send(row(1, 60 - minutes, accrue=till.sale("a")), sent=at(-minutes))
    assert _notes(told) == [["clock"]]
    (sale,) = _purchases(business)
    ago = timezone.now() - sale.occurred_at
    assert timedelta(minutes=59) < ago < timedelta(minutes=61)


def test_r47_a_clock_set_back_meanwhile_never_runs_backwards_nor_ahead(till, send, business):
    told = send(
        row(1, 60, accrue=till.sale("a")),
        row(2, 90, accrue=till.sale("b")),
        row(3, -300, accrue=till.sale("c")),
    )
    assert _notes(told) == [[], [], ["clock"]]
    times = [one.occurred_at for one in _purchases(business)]
    assert times == sorted(times)
    assert times[0] == times[1]
    assert times[2] <= timezone.now()


def test_r47_numbers_that_have_not_come_are_told(till, send):
    told = send(row(2, accrue=till.sale("a")), row(5, accrue=till.sale("b")))
    assert told["missing"] == [{"first": 1, "last": 1}, {"first": 3, "last": 4}]
    assert till.api.get("pos/device").json()["last_sequence"] == 5
    assert send(row(1, accrue=till.sale("c")))["missing"] == [{"first": 3, "last": 4}]


def test_r47_a_device_set_up_anew_loses_no_sale(till, send, business):
    """It counts from one again: another sale under a place already taken is a sale too."""
    send(row(1, accrue=till.sale("a")))
    told = send(row(1, accrue=till.sale("b")))
    assert _notes(told) == [["sequence_taken"]]
    assert len(_purchases(business)) == 2


def test_r47_a_sale_that_happened_is_recorded_without_what_is_not_known(till, send, business):
    sale = till.sale("a", mobile="12", branch="nowhere", employee="nobody")
    (notes,) = _notes(send(row(1, accrue=sale)))
    assert sorted(notes) == ["branch_left_out", "customer_left_out", "employee_left_out"]
    (made,) = _purchases(business)
    assert (made.customer_id, made.branch_id, made.employee_id) == (None, None, None)


def test_c016_a_late_sale_is_recorded_without_what_no_field_has(till, send, business):
    with acting_for(business.id):
        lay_out_context(vertical="cafe", now=timezone.now())
    line = {"name": "لاته", "unit_price": 3_000_000, "attributes": {"table": 7}}
    sale = till.sale("a") | {"lines": [line], "tenders": [], "context": {"size": "بزرگ"}}
    refused = till.post("accrue", **sale)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_context")
    assert list(refused.json()["errors"]) == ["lines.0.attributes.table"]
    assert _notes(send(row(1, accrue=sale))) == [["context_left_out"]]
    with acting_for(business.id):
        assert PurchaseLine.objects.get().attributes == {}


def test_r47_rules_that_changed_meanwhile_are_told(till, send, business):
    with acting_for(business.id):
        update_rule(points_num=1, points_den=1_000_000, actor=None, now=timezone.now())
    told = send(row(1, accrue=till.sale("a")))
    assert _notes(told) == [["rules_changed"]]
    assert told["results"][0]["transaction"]["points"]["earned"] == 30


def test_r47_what_does_not_fit_is_kept_for_a_person(till, send, business):
    bad = till.sale("a") | {"tenders": [{"method": "pos", "amount": 0}]}
    other = till.sale("b", 31_000_000)
    send(row(1, accrue=till.sale("b")))
    rows = [row(2, accrue=bad), row(3, accrue=other)]
    told = send(*rows)
    assert [one["problem"]["code"] for one in told["results"]] == [
        "invalid_amount",
        "transaction_conflict",
    ]
    assert send(*rows)["refused"] == 2
    with acting_for(business.id):
        kept = list(not_fitting())
        assert [one.problem for one in kept] == ["invalid_amount", "transaction_conflict"]
        assert [one.total_rial for one in kept] == [0, 31_000_000]
        owner = User.objects.get(memberships__business_id=business.id)
        deal_with(transaction_id=kept[1].id, note="دو بار زده بود", actor=owner, now=timezone.now())
        assert [one.problem for one in not_fitting()] == ["invalid_amount"]
    assert len(_purchases(business)) == 1


def test_r47_a_row_of_a_wrong_shape_spoils_no_other(till, send, business):
    both = row(2, accrue=till.sale("b"), reverse=_undo("c", "b"))
    told = send({"sequence": 0}, row(1, accrue=till.sale("a")), both, row(3))
    assert [one["status"] for one in told["results"]] == [422, 201, 400, 400]
    assert len(_purchases(business)) == 1


def test_a_batch_is_bounded(till):
    rows = [row(place + 1, accrue=till.sale(str(place))) for place in range(201)]
    assert till.post("batch", sent_at=at(), rows=rows).status_code == 422
    assert till.post("batch", sent_at="2026-01-01T00:00:00", rows=[]).status_code == 422


# --- spending -------------------------------------------------------------------------------------


@pytest.fixture
def allow(business):
    """Return a function that sets how many points may be spent without a network."""

    def change(**changes):
        with acting_for(business.id):
            change_till_rules(changes=changes, actor=None, now=timezone.now())

    return change


def _allowance(till):
    return till.post("inquire", mobile=MOBILE).json()["allowance"]


def _spend(number, points, token):
    return {"transaction_id": number, "points": points, "allowance": token}


def _undo(number, reverses):
    return {"transaction_id": number, "reverses": reverses}


def test_r47_no_points_are_spent_without_a_network_unless_the_owner_allows_it(till, send):
    till.sell("0")
    assert _allowance(till) is None
    told = send(row(1, redeem=_spend("a", 10, "made:up")))
    assert told["results"][0]["problem"]["code"] == "allowance_refused"
    assert till.balance() == 300


def test_r47_points_are_spent_within_the_signed_allowance_once(till, second_till, send, allow):
    allow(offline_points=50)
    till.sell("0")
    given = _allowance(till)
    assert given["points"] == 50
    spent = row(1, 0, redeem=_spend("a", 50, given["token"]))
    paid = till.sale("b", 1_000_000, by_points=50_000, redemptions=["a"])
    told = send(spent, row(2, 0, accrue=paid))
    assert [one["status"] for one in told["results"]] == [201, 201]
    assert till.balance() == 250 + 11
    # The same allowance, one inquired anew on the same day, more than it says, another device's.
    for place, (number, points, token) in enumerate(
        (("c", 50, given["token"]), ("d", 50, _allowance(till)["token"]), ("e", 51, given["token"]))
    ):
        refused = send(row(3 + place, 0, redeem=_spend(number, points, token)))
        code = refused["results"][0]["problem"]["code"]
        assert code == ("allowance_refused" if points > 50 else "allowance_used")
    told = send(row(1, 0, redeem=_spend("f", 10, given["token"])), to=second_till)
    assert told["results"][0]["problem"]["code"] == "allowance_refused"
    assert till.balance() == 261


def test_r47_points_gone_meanwhile_are_told_and_the_sale_stands(till, send, allow, business):
    allow(offline_points=50)
    till.sell("0")
    token = _allowance(till)["token"]
    assert till.post("redeem", transaction_id="x", mobile=MOBILE, points=290).status_code == 201
    spent = row(1, 0, redeem=_spend("a", 50, token))
    paid = till.sale("b", 1_000_000, by_points=50_000, redemptions=["a"])
    told = send(spent, row(2, 0, accrue=paid))
    assert told["results"][0]["problem"]["code"] == "insufficient_points"
    assert told["results"][1]["transaction"]["notes"] == ["points_not_there"]
    assert len(_purchases(business)) == 2


def test_r47_what_needs_the_customers_code_is_not_allowed_without_a_network(till, allow):
    allow(offline_points=500, code_from_rial=100_000)
    till.sell("0")
    assert _allowance(till)["points"] == 99
    allow(code_from_rial=0)
    assert _allowance(till) is None
    allow(code_from_rial=None)
    assert _allowance(till)["points"] == 300


def test_the_ledger_has_no_movement_of_what_was_refused(till, send, business):
    till.sell("0")
    send(row(1, redeem=_spend("a", 10, "made:up")))
    with acting_for(business.id):
        assert LedgerEntry.objects.count() == 1
        assert TillTransaction.objects.filter(state="refused", redemption=None).count() == 1
