"""C038: the mix of newcomers by Jalali month and by where they came from."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import business_day
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from customers.operations.leads import NewLead, note_lead
from customers.queries.repeat import cohorts
from loyalty.enums.newcomers import CameBy
from loyalty.operations.referrals import referral_code_for
from loyalty.queries.newcomers import Came, Place, newcomer_mix
from tests.loyalty.referrals.conftest import offer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = business_day(NOW, ZoneInfo("Asia/Tehran"))
DAY = timedelta(days=1)


def _mobile(n: int) -> str:
    return f"0912300{n:04}"


def _sell(n: int, at: datetime, source: str = "till", **more: Any) -> Any:
    new = NewPurchase(
        external_id=f"{n}-{at:%y%m%d%H%M}",
        channel="pos",
        occurred_at=at,
        customer=CustomerHint(mobile=_mobile(n)),
        tenders=(NewTender(method="cash", amount_rial=900_000),),
        **more,
    )
    (outcome,) = record_purchases(purchases=[new], source=source, now=max(NOW, at))
    assert outcome.error is None
    return outcome


def _lead(n: int, at: datetime, kind: str, title: str = "") -> None:
    who = CustomerHint(mobile=_mobile(n))
    note_lead(new=NewLead(customer=who, kind=kind, source=title), now=at, by="مریم")


def _give_back(outcome: Any, at: datetime) -> None:
    record_return(
        purchase_id=outcome.purchase_id, external_id=f"r-{outcome.purchase_id}",
        amount_rial=900_000,
        occurred_at=at, now=NOW,
    )  # fmt: skip


def _ways(months: int = 3) -> dict[CameBy, Came]:
    return {way: came for way, came in newcomer_mix(TODAY, months).ways.items() if came.people}


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
def test_c038_each_newcomer_counts_once_by_what_was_known_first() -> None:
    offer(NOW - 60 * DAY)
    anna = _sell(1, NOW - 50 * DAY)
    code = referral_code_for(customer_id=anna.customer_id, now=NOW - 40 * DAY)
    _sell(2, NOW - 9 * DAY, referral_code=code)
    _lead(3, NOW - 30 * DAY, "competitor", "کافه روبه‌رو")
    _sell(3, NOW - 8 * DAY)
    _sell(3, NOW - 2 * DAY)
    _sell(4, NOW - 7 * DAY, source="import")
    _sell(5, NOW - 6 * DAY, payment_id=anna.purchase_id)
    # A friend who had also left their number is a friend; one who left it afterwards came alone.
    _lead(6, NOW - 30 * DAY, "staff")
    _sell(6, NOW - 5 * DAY, referral_code=code)
    _sell(7, NOW - 4 * DAY)
    _lead(7, NOW - 3 * DAY, "staff")
    # Told late of a purchase before they left it; and a friend while nothing is offered for one.
    _lead(8, NOW - 2 * DAY, "staff")
    _sell(8, NOW - 5 * DAY)
    offer(NOW, is_open=False)
    _sell(9, NOW - 1 * DAY, referral_code=code)
    assert _ways() == {
        CameBy.SALE: Came(4, 0),
        CameBy.PAYMENT: Came(1, 0),
        CameBy.FRIEND: Came(2, 0),
        CameBy.LEAD: Came(1, 1),
        CameBy.IMPORT: Came(1, 0),
    }
    assert newcomer_mix(TODAY, 3).places == (Place("competitor", "کافه روبه‌رو", Came(1, 1)),)


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
def test_c038_who_gave_all_back_is_no_newcomer_and_a_new_day_begins_at_midnight_here() -> None:
    _give_back(_sell(1, NOW - 9 * DAY), NOW - 8 * DAY)
    assert _ways() == {}
    _sell(1, NOW - 3 * DAY)
    assert _ways() == {CameBy.SALE: Came(1, 0)}
    # 20:30 UTC on 21 November 2026 is 1 Azar 1405 in Tehran; a minute before it is 30 Aban.
    _sell(2, datetime(2026, 11, 21, 20, 29, tzinfo=UTC))
    _sell(3, datetime(2026, 11, 21, 20, 30, tzinfo=UTC))
    aban, azar = newcomer_mix(TODAY, 2).months
    assert (aban.whole.people, azar.whole.people) == (2, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4), st.integers(0, 120), st.sampled_from(("till", "import")),
            st.booleans(), st.booleans(),
        ),
        max_size=10,
        unique_by=lambda one: one[:2],
    )
)  # fmt: skip
def test_c038_the_months_of_the_mix_are_the_cohorts(story: Any) -> None:
    """Whatever happens, each month holds as many as its cohort, each of them in one way."""
    base = _Numbers.next()
    for who, days, source, left, back in story:
        at = NOW - days * DAY
        if left:
            _lead(base + who, at - DAY, "staff")
        outcome = _sell(base + who, at, source)
        if back:
            _give_back(outcome, min(at + DAY, NOW))
    mix = newcomer_mix(TODAY, 6)
    told = [(one.month_on, one.whole.people) for one in mix.months]
    assert told == [(one.month_on, one.customers) for one in cohorts(TODAY, 6)]
    assert sum(one.came.people for one in mix.places) == mix.ways[CameBy.LEAD].people
    assert all(0 <= came.again <= came.people for came in mix.ways.values())


class _Numbers:
    """Other people in every example: what was recorded before stays."""

    last = 0

    @classmethod
    def next(cls) -> int:
        cls.last += 10
        return cls.last


@pytest.mark.django_db
def test_c038_the_api_tells_the_mix_by_month_in_one_query_more(api: Any, acting: Any) -> None:
    del acting
    counts = []
    api.get("reports/acquisition-mix")  # the first call of a key writes when it was used
    for people in (1, 3):
        for n in range(people):
            _sell(100 * people + n, timezone.now() - timedelta(minutes=n + 1))
        with CaptureQueriesContext(connection) as queries:
            told = api.get("reports/acquisition-mix?months=2").json()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(told["months"]) == 2
    assert told["months"][-1]["people"] == 4
    assert told["ways"]["sale"] == {"people": 4, "again": 0}
    assert told["ways"]["imported"] == {"people": 0, "again": 0}
    assert told["lead_sources"] == []
