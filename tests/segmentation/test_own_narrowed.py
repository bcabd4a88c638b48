"""Own segments ask about some sales only, about days that come, and tell why (issue 5 §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.operations import hire_employee
from core.calendar import TEHRAN, Jalali, add_months, month_start
from core.errors import NotFound, Problem
from core.ids import new_id
from customers.models import AttributeDefinition, AttributeValue
from customers.operations import CustomerHint, NewLine, record_purchases
from loyalty.enums.presents import OccasionKind, OccasionSource
from loyalty.models import Lot
from loyalty.operations.occasions import NewOccasion, tell_occasion
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import preview, read_rule, reasons_of
from tests.customers.conftest import sale
from tests.segmentation.own import NOW, TODAY, buy, found

pytestmark = pytest.mark.django_db

GOODS = ("coat", "scarf")
COLOURS = ("آبی", "۳۸")
CHANNELS = ("till", "web")


@dataclass(frozen=True)
class Told:
    """One sale of somebody, as a reader remembers it."""

    who: int
    day: date
    hour: int
    channel: str
    by_ali: bool
    lines: tuple[tuple[str, str, int], ...]

    @property
    def rial(self) -> int:
        return sum(rial for _sku, _colour, rial in self.lines)


SALES = st.lists(
    st.builds(
        Told,
        who=st.integers(0, 2),
        day=st.integers(0, 80).map(lambda ago: TODAY - timedelta(days=ago)),
        hour=st.integers(0, 23),
        channel=st.sampled_from(CHANNELS),
        by_ali=st.booleans(),
        lines=st.lists(
            st.tuples(st.sampled_from(GOODS), st.sampled_from(COLOURS), st.integers(1, 500)),
            min_size=1, max_size=2,
        ).map(tuple),
    ),
    min_size=1, max_size=7,
)  # fmt: skip
NARROWED = st.fixed_dictionaries(
    {},
    optional={
        "goods": st.sampled_from([["coat"], ["c-scarf"], ["COAT", "scarf"]]),
        "said": st.sampled_from([["آبی"], ["38"], ["۳۸", "آبی"]]),
        "channel": st.sampled_from(CHANNELS),
        "by_ali": st.just(True),
        "weekdays": st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True),
        "hours": st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda h: h[0] != h[1]),
        "least_rial": st.integers(1, 600),
    },
)
WHEN = st.sampled_from([{}, {"days": 20}, {"months": 1}, {"months": 2}, {"months": 3}])
KINDS = st.sampled_from(["bought", "spent", "last_purchase", "first_purchase"])
ENDS = st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from("lmb"))


def _rule(kind: str, narrowed: dict[str, Any], when: dict[str, Any], ends: Any, ali: Any) -> Any:
    low, high = sorted(ends[:2])
    scale = {"bought": 1, "spent": 150}.get(kind, 20)
    rule = {"kind": kind, "least": low * scale, "most": high * scale}
    rule = {
        name: value
        for name, value in rule.items()
        if ends[2] != {"least": "m", "most": "l"}.get(name)
    }
    rule |= {
        name: narrowed[name]
        for name in ("goods", "channel", "weekdays", "least_rial")
        if name in narrowed
    }
    if "said" in narrowed:
        rule |= {"field": "color", "values": narrowed["said"]}
    if "hours" in narrowed:
        rule |= dict(zip(("from_hour", "to_hour"), narrowed["hours"], strict=True))
    if "by_ali" in narrowed:
        rule["employee_id"] = str(ali)
    return rule | (when if kind in {"bought", "spent"} else {})


def _lines(one: Told, narrowed: dict[str, Any]) -> list[int]:
    """Return the money of the lines meant."""
    names, colours = narrowed.get("goods"), narrowed.get("said")
    return [
        rial
        for sku, colour, rial in one.lines
        if (names is None or {sku, f"c-{sku}", sku.upper()} & set(names))
        and (colours is None or colour in colours or {colour, *colours} >= {"۳۸", "38"})
    ]


def _is_meant(one: Told, narrowed: dict[str, Any], since: date) -> bool:
    since_hour, until_hour = narrowed.get("hours", (0, 24))
    inside = since_hour <= one.hour < until_hour
    if until_hour < since_hour:
        inside = one.hour >= since_hour or one.hour < until_hour
    return (
        one.day >= since
        and inside
        and one.channel == narrowed.get("channel", one.channel)
        and (one.by_ali or "by_ali" not in narrowed)
        and (one.day.weekday() + 2) % 7 in narrowed.get("weekdays", range(7))
        and one.rial >= narrowed.get("least_rial", 0)
        and bool(_lines(one, narrowed))
    )


def _value(kind: str, sold: Iterable[Told], narrowed: dict[str, Any], when: Any) -> int | None:
    since = date.min
    if kind in {"bought", "spent"} and when:
        since = (
            TODAY - timedelta(days=when["days"] - 1)
            if "days" in when
            else add_months(month_start(TODAY), 1 - when["months"])
        )
    meant = [one for one in sold if _is_meant(one, narrowed, since)]
    if kind == "bought":
        return len(meant)
    if kind == "spent":
        return sum(sum(_lines(one, narrowed)) for one in meant)
    ago = [(TODAY - one.day).days for one in meant]
    return (min if kind == "last_purchase" else max)(ago, default=None)


def _sell(one: Told, number: int) -> Any:
    lines = tuple(
        NewLine(unit_price_rial=rial, sku=sku, name=sku.upper(), category=f"c-{sku}",
                attributes={"color": colour})
        for sku, colour, rial in one.lines
    )  # fmt: skip
    at = datetime.combine(one.day, time(one.hour, 30), tzinfo=TEHRAN).astimezone(UTC)
    new = sale(
        one.rial,
        external_id=f"s-{number}",
        customer=CustomerHint(mobile=f"0912000000{one.who}"),
        occurred_at=at,
        channel=one.channel,
        employee_code="ali" if one.by_ali else "",
        lines=lines,
        tenders=(),
    )
    (outcome,) = record_purchases(purchases=[new], source="api", now=NOW + timedelta(days=1))
    assert outcome.error is None
    return outcome.customer_id


@pytest.fixture
def ali(acting: Any) -> Any:
    """Somebody who sells."""
    del acting
    return hire_employee(code="ali", name="علی", branch_id=None, now=NOW).id


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sold=SALES, kind=KINDS, narrowed=NARROWED, when=WHEN, ends=ENDS)
def test_some_sales_are_those_a_reader_would_mean(sold, kind, narrowed, when, ends, ali):
    """Whom a rule finds, and the number it is told to have decided by, are what a reader sees."""
    with transaction.atomic():
        ids = {one.who: _sell(one, number) for number, one in enumerate(sold)}
        rule = _rule(kind, narrowed, when, ends, ali)
        low, high = rule.get("least", 0), rule.get("most", 10**9)
        expected = set()
        for who, customer_id in ids.items():
            value = _value(kind, [one for one in sold if one.who == who], narrowed, when)
            holds = value is not None and low <= value <= high
            (reason,) = reasons_of(read_rule(rule), customer_id, NOW)
            assert (reason.holds, reason.value or 0) == (holds, value or 0)
            expected |= {customer_id} if holds else set()
        assert found(rule) == expected
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "narrowed",
    [
        {"field": "color"}, {"values": ["x"]}, {"from_hour": 3}, {"from_hour": 3, "to_hour": 3},
        {"from_hour": 25, "to_hour": 3}, {"weekdays": [7]}, {"weekdays": []}, {"channel": "x"},
        {"employee_id": str(new_id())}, {"months": 0}, {"months": 2, "days": 3},
    ],
)  # fmt: skip
def test_what_narrows_nothing_sensible_is_refused(narrowed, acting):
    with pytest.raises(Problem, match="invalid_rule"):
        read_rule({"kind": "bought", "least": 1, **narrowed})


# --- days that come -------------------------------------------------------------------------------

# NOW is 2 Azar 1405.
COMING = [
    ((9, 1), {"month": "this_month"}, True),
    ((9, 30), {"month": "this_month"}, True),
    ((10, 1), {"month": "this_month"}, False),
    ((10, 30), {"month": "next_month"}, True),
    ((9, 2), {"coming_days": 1}, True),
    ((9, 3), {"coming_days": 1}, False),
    ((9, 3), {"coming_days": 2}, True),
    ((9, 1), {"coming_days": 7}, False),
    # 1405 is no leap year: the thirtieth of Esfand is kept on the twenty-ninth (rule R39).
    ((12, 30), {"coming_days": 118}, True),
    ((12, 30), {"coming_days": 117}, False),
    ((1, 1), {"coming_days": 119}, True),
]


@pytest.mark.parametrize(("day", "asked", "fits"), COMING)
def test_days_of_their_own_come(day, asked, fits, acting):
    customer_id = buy(1, 3).customer_id
    buy(2, 3)
    new = NewOccasion(kind=OccasionKind.BIRTHDAY, month=day[0], day=day[1])
    tell_occasion(customer_id=customer_id, new=new, source=OccasionSource.STAFF, now=NOW)
    expected = {customer_id} if fits else set()
    assert found({"kind": "occasion", **asked}) == expected
    assert found({"kind": "occasion", "occasion": "birthday", **asked}) == expected
    assert found({"kind": "occasion", "occasion": "wedding", **asked}) == set()


@pytest.mark.parametrize(
    ("born", "asked", "fits"),
    [(f"1380-{m:02}-{d:02}", asked, fits) for (m, d), asked, fits in COMING]
    + [
        ("1399-09", {"month": "this_month"}, True),
        ("1399-10", {"month": "this_month"}, False),
        ("1399-10", {"month": "next_month"}, True),
        ("1399-12-30", {"coming_days": 118}, True),
    ],
)  # fmt: skip
def test_birthdays_that_are_attributes_come_too(born, asked, fits, acting):
    customer_id = buy(1, 3).customer_id
    kind = "day" if born.count("-") == 2 else "month"
    definition = AttributeDefinition.objects.create(
        key="born", kind=kind, title_fa="تولد", created_at=NOW
    )
    AttributeValue.objects.create(
        customer_id=customer_id, definition=definition, key="born", value=born, source="staff",
        observed_at=NOW - timedelta(days=1), recorded_at=NOW - timedelta(days=1),
    )  # fmt: skip
    rule = {"kind": "attribute", "key": "born", **asked}
    assert found(rule) == ({customer_id} if fits else set())


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "occasion"}, {"kind": "occasion", "month": "this_month", "coming_days": 3},
        {"kind": "occasion", "month": "x"}, {"kind": "points_ending", "least": 1},
        {"kind": "attribute", "key": "likes", "month": "this_month"},
        {"kind": "attribute", "key": "likes", "values": ["a"], "coming_days": 3},
    ],
)  # fmt: skip
def test_days_that_cannot_come_are_refused(rule, acting):
    AttributeDefinition.objects.create(key="likes", kind="text", title_fa="علاقه", created_at=NOW)
    with pytest.raises(Problem, match="invalid_rule"):
        read_rule(rule)


def test_points_that_end_soon(acting):
    one, two = buy(1, 3, rial=9_000_000).customer_id, buy(2, 3, rial=9_000_000).customer_id
    lots = Lot.objects.filter(state="active", remaining_points__gt=0)
    assert lots.count() == 2
    last = datetime(2026, 11, 30, 20, 30, tzinfo=UTC)  # 1 December begins in Tehran
    lots.update(expires_at=last + timedelta(seconds=1))
    lots.filter(customer_id=one).update(expires_at=last)
    points = lots.get(customer_id=one).remaining_points
    assert found({"kind": "points_ending", "days": 8}) == {one}
    assert found({"kind": "points_ending", "days": 7}) == set()
    assert found({"kind": "points_ending", "days": 9}) == {one, two}
    assert found({"kind": "points_ending", "days": 8, "least": points + 1}) == set()


# --- why ------------------------------------------------------------------------------------------


def test_why_tells_every_condition_and_costs_one_query(acting):
    one = buy(1, 3, "tea").customer_id
    buy(2, 3, "cake")
    rule = read_rule(
        {"kind": "all", "of": [
            {"kind": "bought", "least": 1, "goods": ["tea"]},
            {"kind": "not", "of": {"kind": "bought", "least": 2, "days": 30}},
            {"kind": "any", "of": [
                {"kind": "spent", "least": 50}, {"kind": "segment", "segments": ["lost"]},
            ]},
        ]}
    )  # fmt: skip
    known = names()
    with CaptureQueriesContext(connection) as queries:
        reasons = reasons_of(rule, one, NOW, known)
    assert len(queries) == 1
    assert [(row.holds, row.value) for row in reasons] == [
        (True, 1), (True, 1), (True, 100), (False, None),
    ]  # fmt: skip
    assert preview(rule, NOW).customers == 1
    with pytest.raises(NotFound):
        reasons_of(rule, new_id(), NOW)


def test_sentences_of_the_narrow_ones(acting):
    rule = {
        "kind": "bought", "least": 3, "months": 2, "goods": ["قهوه"], "weekdays": [5, 6],
        "from_hour": 8, "to_hour": 11, "channel": "web", "field": "size", "values": ["38"],
    }  # fmt: skip
    assert preview(read_rule(rule), NOW).sentence == (
        "مشتریانی که در ۲ ماه شمسی اخیر از «قهوه» با «size» «۳۸» از راه «فروشگاه اینترنتی»"
        " روزهای پنجشنبه یا جمعه از ساعت ۸ تا ۱۱ دست‌کم ۳ بار خریده‌اند."
    )
    never = {"kind": "bought", "most": 0, "goods": ["کیک"], "within": "this_year"}
    assert preview(read_rule(never), NOW).sentence == "مشتریانی که امسال از «کیک» نخریده‌اند."
    case = {"kind": "cases", "least": 1}
    assert preview(read_rule(case), NOW).sentence == "مشتریانی که دست‌کم ۱ پرونده داشته‌اند."
    birthday = {"kind": "occasion", "occasion": "birthday", "month": "this_month"}
    assert preview(read_rule(birthday), NOW).sentence == "مشتریانی که «تولد» آن‌ها در همین ماه است."


def test_the_first_of_a_kind_of_goods_makes_new_to_it(acting):
    """C038: new to the business and new to a category are two questions, both can be asked."""
    old, new = buy(1, 200, "tea").customer_id, buy(2, 5, "cake").customer_id
    buy(1, 10, "cake")
    to_cake = {"kind": "first_purchase", "most": 59, "goods": ["c-cake"]}
    to_us = {"kind": "first_purchase", "most": 59}
    assert found(to_cake) == {old, new}
    assert found(to_us) == {new}
    assert found({"kind": "all", "of": [to_cake, {"kind": "not", "of": to_us}]}) == {old}


def test_jalali_months_end_where_they_end(acting):
    """Two months on 2 Azar begin with 1 Aban."""
    first = Jalali(1405, 8, 1).to_date()
    ago = (TODAY - first).days
    inside, outside = buy(1, ago).customer_id, buy(2, ago + 1).customer_id
    assert found({"kind": "bought", "least": 1, "months": 2}) == {inside}
    assert found({"kind": "bought", "least": 1, "months": 3}) == {inside, outside}
