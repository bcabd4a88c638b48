"""How well customers suit the business (C107): tenths against a plain reading, used in segments."""

from bisect import bisect_left, bisect_right
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import Problem
from core.tenancy import acting_for
from outbox.models import Event
from segmentation.enums import GUARDED, FitPart
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerFit, NamedStay
from segmentation.operations import (
    forget_named_segments,
    leave_named_segments,
    refresh_named_segments,
)
from segmentation.queries.fit.reading import tenths, unwanted_rows
from segmentation.queries.fit.reckoning import WEIGHTS
from segmentation.queries.fit.told import fit_told, marks_told
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import read_rule
from segmentation.queries.own.told import told
from tests.segmentation.crowd_of_buyers import Manners, fill, ordinary
from tests.segmentation.own import NOW, TODAY, buy, found
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db

_FACTS = """
SELECT c.id, count(p.id), count(p.id) FILTER (WHERE p.returned_rial > 0),
       coalesce(sum(p.total_rial - p.returned_rial)
                FILTER (WHERE p.local_date > %(today)s::date - 365), 0),
       count(p.id) FILTER (WHERE EXISTS (
           SELECT FROM customers_purchaseline l WHERE l.purchase_id = p.id
           AND l.discount_rial * 100 >= 30 * (l.total_rial + l.discount_rial)
           AND l.discount_rial > 0)),
       (SELECT count(*) FROM customers_case k WHERE k.customer_id = c.id AND NOT k.was_right),
       min(p.local_date)
FROM customers_customer c JOIN customers_purchase p ON p.customer_id = c.id
WHERE c.business_id = %(business)s GROUP BY c.id
"""


def _crowd(n: int = 120, seed: int = 107) -> list[str]:
    rng = np.random.default_rng(seed)
    return fill([ordinary(rng) for _one in range(n)], TODAY, seed=seed)


def _mid_rank(values: list[Any], one: Any) -> Fraction:
    """Return, of 100 others, how many are less, half of the equal ones counted."""
    low, high = bisect_left(values, one), bisect_right(values, one)
    return Fraction(100 * (2 * low + high - low), 2 * len(values))


def _plainly(business: Any) -> dict[str, dict[str, int]]:
    """Return the marks by comparison, reckoned one by one from the raw rows."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"business": business, "today": TODAY})
        rows = [row for row in cursor.fetchall() if (TODAY - row[6]).days >= 30]
    bought = sum(row[1] for row in rows)
    lean = {n: 5 * (1 - Fraction(sum(row[n] for row in rows), bought)) for n in (2, 4)}
    kept = {
        n: [round((row[1] - row[n] + lean[n]) / (row[1] + 5), 6) for row in rows] for n in (2, 4)
    }
    sums = sorted(int(row[3]) for row in rows)
    ranks = {n: sorted(kept[n]) for n in (2, 4)}
    return {
        str(row[0]): {
            FitPart.EARNS: round(_mid_rank(sums, int(row[3]))),
            FitPart.KEEPS: round(_mid_rank(ranks[2], kept[2][i])),
            FitPart.FULL_PRICE: round(_mid_rank(ranks[4], kept[4][i])),
            FitPart.FAIR: max(0, 100 - 50 * row[5]),
        }
        for i, row in enumerate(rows)
    }


def test_the_marks_are_those_of_a_plain_reading(acting):
    """C107: each mark is what the raw rows say, and the score their weighted mean."""
    _crowd()
    refresh_named_segments(now=NOW)
    plain = _plainly(acting.id)
    rows = {str(row.id): row for row in CustomerFit.objects.all()}
    assert set(rows) == set(plain)
    for who, row in rows.items():
        for part, mark in plain[who].items():
            # Hundredths are rounded before halves are; a plain reading does it at once.
            assert abs(row.parts[part] - mark) <= 1, (part, row.parts, mark)
        known = {part: row.parts[part] for part in WEIGHTS if row.parts[part] is not None}
        weight = sum(WEIGHTS[part] for part in known)
        mean = sum(WEIGHTS[part] * mark for part, mark in known.items()) / weight
        assert abs(row.score - mean) <= 1


def test_tenths_are_tenths_and_do_not_depend_on_the_order_of_rows(acting):
    """C107: equal customers are equal; better scores are never in a lesser tenth."""
    people = _crowd(200)
    refresh_named_segments(now=NOW)
    # Scores are shown whole; who has the same may be on two sides of a bound.
    rows = list(CustomerFit.objects.order_by("score", "tenth"))
    assert [row.tenth for row in rows] == sorted(row.tenth for row in rows)
    sizes = [one.customers for one in tenths()]
    assert sum(sizes) == len(rows)
    assert len(sizes) == 10
    assert max(sizes) - min(sizes) <= len(rows) // 20
    before = {row.id: (row.score, row.tenth, row.parts) for row in rows}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_purchase SET channel = channel WHERE id::text < '8'")
        cursor.execute("UPDATE customers_customer SET name = name WHERE id::text > '8'")
    CustomerFit.objects.all().delete()
    refresh_named_segments(now=NOW)
    assert {
        row.id: (row.score, row.tenth, row.parts) for row in CustomerFit.objects.all()
    } == before
    assert people


def test_what_did_not_change_is_not_written_again(acting):
    _crowd(80)
    refresh_named_segments(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin::text FROM segmentation_customerfit ORDER BY id")
        first = cursor.fetchall()
        refresh_named_segments(now=NOW)
        cursor.execute("SELECT id, xmin::text FROM segmentation_customerfit ORDER BY id")
        assert cursor.fetchall() == first
    assert first


def test_the_bad_are_below_and_nothing_happens_to_them(acting):
    """C107, N15: no automatic punishment; only badly fitting *and* a sign makes the list."""
    _crowd(150)
    bad = fill([Manners(back=0.9, cheap=1, moans=0.9, late=0.95, right=0)] * 8, TODAY, seed=9)
    refresh_named_segments(now=NOW)
    told_before = Event.objects.count()
    refresh_named_segments(now=NOW)
    assert Event.objects.count() == told_before
    tenth_of = {str(row.id): row.tenth for row in CustomerFit.objects.all()}
    assert all(tenth_of[who] <= 2 for who in bad if who in tenth_of)
    listed = {str(row.id) for row in unwanted_rows()}
    assert listed & set(bad)
    for who in listed:
        assert tenth_of[who] == 1
        assert NamedStay.objects.filter(customer_id=who, left_at=None, segment__in=GUARDED).exists()


def test_complaints_with_reason_cost_nothing(acting):
    """C107: who was right is no worse for it."""
    _crowd(80)
    right = fill([Manners(0.05, 0.2, 0.9, 0.1, right=1.0)] * 10, TODAY, seed=4)
    refresh_named_segments(now=NOW)
    rows = CustomerFit.objects.filter(id__in=right)
    assert rows
    assert {row.parts[FitPart.FAIR] for row in rows} == {100}


def test_too_few_have_no_tenths_and_newcomers_wait(acting):
    _crowd(40)
    refresh_named_segments(now=NOW)
    assert not CustomerFit.objects.exists()
    assert tenths() == []
    _crowd(40, seed=2)
    new = buy(1, 3).customer_id
    refresh_named_segments(now=NOW)
    assert CustomerFit.objects.count() > 50
    assert not CustomerFit.objects.filter(id=new).exists()


def test_a_segment_of_ones_own_asks_for_it(acting):
    """C107: the attribute `fit` in own segments."""
    _crowd(100)
    refresh_named_segments(now=NOW)
    best = {row.id for row in CustomerFit.objects.filter(tenth__gte=9)}
    assert found({"kind": "fit", "least": 9}) == best
    worst = {row.id for row in CustomerFit.objects.filter(tenth=1)}
    assert found({"kind": "fit", "most": 1}) == worst
    assert found({"kind": "fit", "most": 1}, list(worst)[:2]) == set(list(worst)[:2])
    assert "دهک" in told(read_rule({"kind": "fit", "least": 9}, names()), names())


@pytest.mark.parametrize("wrong", [{}, {"least": 0}, {"most": 11}, {"least": 5, "most": 2}])
def test_a_tenth_that_is_none_is_refused(acting, wrong):
    with pytest.raises(Problem):
        read_rule({"kind": "fit", **wrong}, names())


def test_it_goes_with_who_is_erased_or_joined(acting):
    people = _crowd(80)
    refresh_named_segments(now=NOW)
    first, second = CustomerFit.objects.values_list("id", flat=True)[:2]
    leave_named_segments(customer_ids=[first], now=NOW)
    forget_named_segments(customer_ids=[second], now=NOW)
    assert not CustomerFit.objects.filter(id__in=[first, second]).exists()
    assert people


def test_the_database_refuses_what_is_no_fit(acting):
    people = _crowd(60)
    refresh_named_segments(now=NOW)
    for wrong in ({"tenth": 0}, {"score": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CustomerFit.objects.update(**wrong)
    assert people


def test_it_is_told_in_words(acting):
    told_marks = dict(marks_told({"earns": 91, "pays": None, "keeps": 12}))
    assert "—" in told_marks.values()
    text = fit_told({"earns": 91, "pays": None, "keeps": 12, "fair": 50})
    assert "به سودشان" in text
    assert fit_told({"earns": 50})


def test_over_http_tenths_customers_and_one(api, other_api, business):
    """C107: the tenths, their customers page by page, one with what speaks for them."""
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 80, timezone.now(), seed=3)
        refresh_named_segments(now=timezone.now())
    rows = api.get("fit").json()["data"]
    assert [row["fit"] for row in rows] == sorted((row["fit"] for row in rows), reverse=True)
    some = api.get("fit/customers", {"fit": 10}).json()["data"]
    assert {row["fit"] for row in some} == {10}
    one = api.get(f"customers/{some[0]['customer_id']}/fit").json()
    assert (one["fit"], one["score"]) == (10, some[0]["score"])
    assert one["explained"]
    assert api.get("fit/customers", {"fit": 11}).status_code == 422
    assert other_api.get("fit").json()["data"] == []
    assert other_api.get("fit/customers").json()["data"] == []
    assert other_api.get(f"customers/{some[0]['customer_id']}/fit").status_code == 404
    counts = []
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get("fit/customers", {"limit": limit}).json()["data"]) == limit
        counts.append(len(queries))
    assert counts[0] == counts[1]
