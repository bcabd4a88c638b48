"""RFM against the golden counts of the CDNOW data, and its promises as properties."""

import csv
import gzip
import itertools
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from segmentation.enums import SEGMENT_OF_CODE, Scale, Segment
from segmentation.models import CustomerScore, ScoringRun, SegmentTransition
from segmentation.operations import rescore, score_business
from segmentation.queries import members, moves_of, score_of, slipping_value, summary
from segmentation.queries.cuts import Cuts
from segmentation.queries.cuts import cuts_of as cuts_of_numbers
from tests.statistics_of_tables import analyse

DATA = Path(__file__).parent.parent / "data"
DAY_0 = date(1997, 1, 1)

GOLDEN = {
    "champions": 4652,
    "loyal": 818,
    "potential_loyalist": 1698,
    "new": 1870,
    "promising": 2277,
    "need_attention": 1598,
    "about_to_sleep": 1886,
    "at_risk": 345,
    "cant_lose": 1758,
    "hibernating": 3559,
    "lost": 3109,
}


def cuts_of(values: list[int]) -> Cuts[int]:
    return cuts_of_numbers(np.array(values))


def fill(business: BusinessInfo, rows: list[tuple[date, date, int, int]]) -> None:
    """Give the business customers with these (first, last, purchase days, net rial)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH rows AS (
                SELECT gen_random_uuid() AS id, n, first_on, last_on, days, net
                FROM unnest(%s::date[], %s::date[], %s::int[], %s::bigint[])
                     WITH ORDINALITY AS r (first_on, last_on, days, net, n)
            ), people AS (
                INSERT INTO customers_customer
                    (id, business_id, status, name, member_code, search_key, family_key,
                     created_at)
                SELECT id, %s, 'active', 'm' || n, id::text, 'm' || n, '', now() FROM rows
            )
            INSERT INTO customers_customertotals
                (id, business_id, customer_id, purchases, purchase_days, gross_rial,
                 returned_rial, first_on, last_on)
            SELECT id, %s, id, days, days, net, 0, first_on, last_on FROM rows
            """,
            [*(list(column) for column in zip(*rows, strict=True)), business.id, business.id],
        )
    analyse("customers_customer")


@pytest.mark.parametrize(
    ("values", "expected", "counts"),
    [
        ([1] * 60 + [2] * 18 + [3] * 8 + [4] * 4 + list(range(5, 15)), (2, 3, 4, 5),
         (60, 18, 8, 4, 10)),
        ([7] * 10, (), (0, 0, 10, 0, 0)),
        ([1] * 90 + [2] * 10, (2, 2, 2, 2), (90, 0, 0, 0, 10)),
        ([1] * 60 + [2] * 30 + [3] * 10, (2, 2, 2, 3), (60, 0, 0, 30, 10)),
        ([1] * 50 + [2] * 30 + [3] * 15 + [4] * 5, (2, 2, 3, 4), (50, 0, 30, 15, 5)),
        (list(range(1, 11)), (3, 5, 7, 9), (2, 2, 2, 2, 2)),
        (list(range(1, 13)), (3, 6, 8, 11), (2, 3, 2, 3, 2)),
        ([*range(1, 8), *[8] * 13], (5, 6, 7, 8), (4, 1, 1, 1, 13)),
        ([5, 1, 9], (5, 5, 9, 9), (1, 0, 1, 0, 1)),
        ([4], (), (0, 0, 1, 0, 0)),
    ],
)  # fmt: skip
def test_golden_unit_vectors(
    values: list[int], expected: tuple[int, ...], counts: tuple[int, ...]
) -> None:
    cuts = cuts_of(values)
    assert cuts.thresholds == expected
    scored = Counter(cuts.score(value) for value in values)
    assert tuple(scored[score] for score in range(1, 6)) == counts


@given(st.lists(st.integers(0, 40), min_size=1, max_size=120))
def test_promises_of_the_scale(values: list[int]) -> None:
    """R65: equal values, equal marks; more is never less; both ends are used."""
    cuts = cuts_of(values)
    scores = {value: cuts.score(value) for value in values}
    ordered = [scores[value] for value in sorted(scores)]
    assert ordered == sorted(ordered)
    if len(scores) >= 2:
        assert (ordered[0], ordered[-1]) == (1, 5)
    if len(scores) >= 5:
        assert set(ordered) == {1, 2, 3, 4, 5}


@given(st.lists(st.integers(0, 12), min_size=5, max_size=60))
def test_boundaries_are_the_best_possible(values: list[int]) -> None:
    counted = sorted(Counter(values).items())
    if len(counted) < 5:
        return
    running = list(itertools.accumulate(count for _value, count in counted))
    places = [value for value, _count in counted]
    cost, best = min(
        (sum(abs(5 * running[j] - k * len(values)) for k, j in enumerate(chosen, 1)), chosen)
        for chosen in itertools.combinations(range(len(counted) - 1), 4)
    )
    assert cost >= 0
    assert cuts_of(values).thresholds == tuple(places[j + 1] for j in best)


def test_the_125_codes_are_complete_and_lead_to_eleven_segments() -> None:
    codes = {"".join(code) for code in itertools.product("12345", repeat=3)}
    assert set(SEGMENT_OF_CODE) == codes
    assert set(SEGMENT_OF_CODE.values()) == set(Segment)


@pytest.mark.django_db
def test_cdnow_golden_counts(business: BusinessInfo) -> None:
    with gzip.open(DATA / "cdnow_totals.csv.gz", "rt") as file:
        rows = [
            (
                DAY_0 + timedelta(days=int(row["first_day"])),
                DAY_0 + timedelta(days=int(row["last_day"])),
                int(row["purchase_days"]),
                int(row["cents"]),
            )
            for row in csv.DictReader(file)
        ]
    with acting_for(business.id):
        fill(business, rows)
        run = score_business(now=datetime(1998, 6, 30, 12, tzinfo=UTC))
        assert run.customers == 23_570
        assert run.scale == Scale.QUANTILE
        assert [(cut - DAY_0).days for cut in run.r_cuts] == [34, 61, 114, 404]
        assert run.f_cuts == [2, 3, 4, 5]
        assert run.m_cuts == [1537, 3135, 5993, 13395]
        counts = {
            column: [CustomerScore.objects.filter(**{column: s}).count() for s in range(1, 6)]
            for column in "rfm"
        }
        assert counts == {
            "r": [4735, 4712, 4702, 4702, 4719],
            "f": [12054, 4040, 2205, 1436, 3835],
            "m": [4817, 4609, 4716, 4713, 4715],
        }
        assert {row.segment.value: row.customers for row in summary()} == GOLDEN
        again = score_business(now=datetime(1998, 7, 1, 12, tzinfo=UTC))
        assert (again.customers, again.moved) == (23_570, 0)
        assert SegmentTransition.objects.count() == 23_570


@pytest.mark.django_db
def test_few_customers_get_the_fixed_scale(business: BusinessInfo, now: datetime) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(business, [(today - timedelta(days=400), today, 7, 900), (today, today, 1, 100)])
        run = score_business(now=now)
        assert (run.scale, run.customers) == (Scale.FIXED, 2)
        loyal, new = CustomerScore.objects.order_by("-frequency")
        assert (loyal.r, loyal.f, loyal.m, loyal.segment) == (5, 5, 5, "champions")
        assert (new.r, new.f, new.m, new.segment) == (5, 1, 1, "new")


@pytest.mark.django_db
def test_rescoring_one_customer_moves_it_with_the_cuts_in_force(
    business: BusinessInfo, other_business: BusinessInfo, now: datetime
) -> None:
    today = now.date()
    with acting_for(other_business.id):
        fill(other_business, [(today, today, 3, 500)])
    with acting_for(business.id):
        fill(business, [(today - timedelta(days=300), today - timedelta(days=300), 1, 100)] * 60)
        fill(business, [(today - timedelta(days=10), today, 6, 900)] * 3)
        score_business(now=now)
        lost = CustomerScore.objects.order_by("monetary_rial", "id")[0]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE customers_customertotals SET last_on = %s, purchase_days = 6,"
                " gross_rial = 900 WHERE customer_id = %s",
                [today, lost.customer_id],
            )
        rescore(customer_ids=[lost.customer_id], now=now + timedelta(minutes=1))
        view = score_of(lost.customer_id)
        assert view is not None
        assert view.segment == Segment.CHAMPIONS
        path = [(move.before, move.after) for move in moves_of(lost.customer_id)]
        assert path == [(lost.segment, "champions"), ("", lost.segment)]
        assert CustomerScore.objects.count() == 63
        assert len(members("champions")) == 4
        assert slipping_value() >= 0
    with acting_for(other_business.id):
        assert not CustomerScore.objects.exists()
        assert not ScoringRun.objects.exists()


@pytest.mark.django_db
def test_segments_over_http(
    api: Any, other_api: Any, business: BusinessInfo, now: datetime
) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(business, [(today, today, 1, 100)] * 3)
        score_business(now=now)
    found = api.get("segments").json()
    assert sum(row["customers"] for row in found["data"]) == 3
    name = next(row["segment"] for row in found["data"] if row["customers"] == 3)
    first = api.get(f"segments/{name}/members", {"limit": "2"}).json()
    rest = api.get(
        f"segments/{name}/members", {"limit": "2", "cursor": first["next_cursor"]}
    ).json()
    assert len(first["data"]) == 2
    assert len(rest["data"]) == 1
    assert len({row["customer_id"] for row in first["data"] + rest["data"]}) == 3
    assert json.dumps(other_api.get(f"segments/{name}/members").json()["data"]) == "[]"
    assert api.get("segments/nonsense/members").status_code == 404
