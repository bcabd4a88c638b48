"""Baskets before and after a paid membership; its fees are no baskets, first or renewed."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.calendar import business_day
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from loyalty.queries.baskets import BasketReport, basket_report

MEMBER = "09121234567"


def _buy(club, mobile, days, rial):
    new = NewPurchase(
        external_id=str(new_id()),
        channel="pos",
        occurred_at=club.now + timedelta(days=days),
        customer=CustomerHint(mobile=mobile),
        tenders=(NewTender(method="pos", amount_rial=rial),),
    )
    later = club.now + timedelta(days=max(days, 0))
    with acting_for(club.business.id):
        record_purchases(purchases=[new], source="test", now=later)


def _report(club, days=120) -> BasketReport:
    joined = business_day(club.now, club.zone)
    with acting_for(club.business.id):
        return basket_report(
            [joined - timedelta(days=60)],
            since=joined,
            until=joined + timedelta(days=100),
            today=joined + timedelta(days=days),
        )


def test_a_membership_is_an_event_and_its_fees_are_no_baskets(club):
    _buy(club, MEMBER, -10, 100_000)
    member = club.member()
    _buy(club, MEMBER, 40, 250_000)
    # Renewed twice by the mandate; a like customer, who never belonged, came as before.
    for _renewal in range(2):
        club.work(club.at(member, -3))
        club.work(club.at(member))
    assert [one.state for one in club.periods(member)] == ["paid"] * 3
    for place in range(6):
        _buy(club, f"0935000000{place}", -10, 100_000)
        _buy(club, f"0935000000{place}", 0, 100_000)
        _buy(club, f"0935000000{place}", 40, 100_000)
    told = _report(club)
    assert (told.membership.rial.people, told.membership.rial.mean) == (1, 150_000.0)
    assert told.membership.rial.like_mean == 0.0
    assert told.membership.rial.verdict == "unclear"
    # Nobody paid in parts, and 900,000 of a fee is in no average.
    assert told.paying_in_parts.rial.people == 0
    assert (told.whole.purchases, told.whole.total_rial) == (13, 250_000 + 12 * 100_000)
    assert (told.months[0].purchases, told.months[0].total_rial) == (20, 350_000 + 18 * 100_000)


def test_a_member_of_long_ago_who_renews_did_not_begin_now(club):
    _buy(club, MEMBER, -10, 100_000)
    member = club.member()
    for _renewal in range(2):
        club.work(club.at(member, -3))
        club.work(club.at(member))
    _buy(club, MEMBER, 40, 250_000)
    found = _report(club, days=480).membership
    assert (found.rial.people, found.rial.unmatched) == (0, 0)


def test_the_report_over_http(club, api):
    club.member()
    api.get("reports/basket")
    with CaptureQueriesContext(connection) as one:
        told = api.get("reports/basket").json()
    assert told["membership"]["amount"]["verdict"] == "unclear"
    assert told["whole"]["purchases"] == 0
    _buy(club, "09350000001", 0, 100_000)
    _buy(club, "09350000002", 0, 100_000)
    with CaptureQueriesContext(connection) as more:
        api.get("reports/basket")
    assert len(one) == len(more)
