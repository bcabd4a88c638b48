"""The bridge of what is owed for points: day, span and API (N28)."""

from datetime import date, timedelta

import pytest

from loyalty.models import PointsPosting
from loyalty.operations import commit_redemption, expire_due, reserve_redemption
from loyalty.operations.books import expect_spent, post_entries
from loyalty.queries.books import Amounts, bridge, closings
from tests.loyalty.conftest import buyer

DAY = timedelta(days=1)
# The day of `now` in Tehran.
TODAY = date(2026, 11, 23)


@pytest.fixture
def three_days(sell, take_return, now):
    """Earned 30 and 10; a day later spent 25; another day later returned the sale of the 10."""
    first = sell(3_000_000)
    sell_back = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=25, now=now + DAY)
    commit_redemption(redemption_id=held.id, now=now + DAY)
    take_return(sell_back, at=now + 2 * DAY)
    post_entries(now=now + 2 * DAY)


def test_a_day_is_a_bridge_from_evening_to_evening(three_days):
    """Complaint 4.10."""
    days = [bridge(TODAY + n * DAY, TODAY + n * DAY) for n in range(3)]
    said = [
        (one.opening.points, {part.kind: part.change.points for part in one.parts}, one.closing)
        for one in days
    ]
    assert said == [
        (0, {"earn": 40}, Amounts(40, 39_604)),
        (40, {"redeem": -25}, Amounts(15, 14_851)),
        (15, {"clawback": -10}, Amounts(5, 4_950)),
    ]
    whole = bridge(TODAY, TODAY + 2 * DAY)
    assert (whole.opening, whole.closing) == (Amounts(), Amounts(5, 4_950))
    assert [part.postings for part in whole.parts] == [2, 1, 1]
    assert [amounts.points for _day, amounts in closings(TODAY - DAY, TODAY + 3 * DAY)] == [
        0,
        40,
        15,
        5,
        5,
    ]


def test_a_day_ends_with_the_midnight_of_the_business(sell, now):
    """20:29 UTC is still today in Tehran, 20:30 is tomorrow."""
    evening = now.replace(hour=20, minute=29)
    sell(3_000_000, at=evening)
    sell(2_000_000, at=evening + timedelta(minutes=1))
    post_entries(now=now + DAY)
    assert bridge(TODAY, TODAY).closing.points == 30
    assert bridge(TODAY + DAY, TODAY + DAY).closing.points == 50


def test_the_api_tells_the_bridge_the_accounts_and_what_is_behind(three_days, api):
    span = {"since": "2026-11-23", "until": "2026-11-25"}
    told = api.get("reports/points-owed", {"since": "2026-11-24", "until": "2026-11-25"}).json()
    assert told["opening"] == {"points": 40, "owed": 39_604}
    assert told["parts"] == [
        {"kind": "redeem", "postings": 1, "points": -25, "owed": -24_753},
        {"kind": "clawback", "postings": 1, "points": -10, "owed": -9_901},
    ]
    assert told["closing"] == {"points": 5, "owed": 4_950}
    assert told["accounts"] == {
        "owed": -4_950,
        "allowance": 0,
        "sales": 29_703,
        "spent": -24_753,
        "breakage": 0,
        "given": 0,
    }
    assert (told["waiting"], told["valuation"]) == (0, None)
    rows = api.get("reports/points-owed/postings", span | {"kind": "redeem"}).json()["data"]
    assert [(row["points"], row["owed"], row["spent"], row["day"]) for row in rows] == [
        (-25, 24_753, -24_753, "2026-11-24")
    ]
    assert len(api.get("reports/points-owed/postings", span).json()["data"]) == 4
    refused = api.get("reports/points-owed/postings", {"kind": "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_kind")


def test_the_api_tells_how_new_points_are_valued(sell, api, now):
    expect_spent(spent_ppm=800_000, reason="سابقه", actor=None, now=now)
    told = api.get("reports/points-owed").json()["valuation"]
    assert (told["spent_ppm"], told["unit_value"], told["reason"]) == (800_000, 1_000, "سابقه")


def test_what_waits_for_the_books_is_counted(sell, api):
    sell(3_000_000)
    assert api.get("reports/points-owed").json()["waiting"] == 1


def test_entries_that_change_nothing_owed_are_not_listed(sell, now):
    sell(99_999)
    post_entries(now=now)
    assert PointsPosting.objects.count() == 1
    assert bridge(TODAY, TODAY).parts == []


def test_one_posting_and_many_cost_the_same(sell, api, now, django_assert_max_num_queries):
    def cost() -> list[int]:
        found = []
        span = {"since": "2026-11-23", "until": "2026-11-25"}
        for address in ("reports/points-owed", "reports/points-owed/postings"):
            with django_assert_max_num_queries(100) as asked:
                assert api.get(address, span).status_code == 200
            found.append(len(asked))
        return found

    sell(3_000_000)
    post_entries(now=now)
    cost()
    one = cost()
    for number in range(3):
        sell(3_000_000 + number)
    expire_due(now=now + 500 * DAY)
    post_entries(now=now + 500 * DAY)
    assert cost() == one
