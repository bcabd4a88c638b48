"""How an account stands (C109): knowledge + relationship + performance, held against raw rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from customers.models import CustomerIdentity
from customers.operations import open_case, resolve_case
from customers.queries.attributes import definitions
from messaging.models import Message
from segmentation.operations import refresh_named_segments
from segmentation.queries.health import healths_of, strategic_ids
from tests.segmentation.own import NOW, buy
from tests.segmentation.test_named import _answer

pytestmark = pytest.mark.django_db


def _one(who):
    return healths_of([who], NOW)[who]


def test_what_is_not_known_has_no_part(acting):
    """C109: two purchases say nothing of performance; nobody spoke yet."""
    buy(1, 30)
    who = buy(1, 3).customer_id
    one = _one(who)
    assert (one.performance, one.heard_days, one.told_days, one.relationship) == (
        None, None, None, 0,
    )  # fmt: skip
    assert one.score == round(one.knowledge / 2)


def test_knowledge_is_the_part_known_of_what_is_wanted(acting):
    """C109: of name, mobile, and an identity that is confirmed."""
    who = buy(1, 3).customer_id
    CustomerIdentity.objects.filter(customer_id=who).update(verified_at=None)
    without = _one(who).knowledge
    CustomerIdentity.objects.filter(customer_id=who).update(verified_at=NOW)
    wanted = 3 + len(definitions())
    assert (without, _one(who).knowledge) == (round(100 / wanted), round(200 / wanted))


def test_a_relationship_is_two_way_and_fades(acting):
    """C109: their answer and our message, each halving every ninety days."""
    for days in (200, 150, 100):
        who = buy(1, days).customer_id
    _answer(who, 5, 90)
    assert _one(who).relationship == 25
    Message.objects.create(
        dedupe_key="k", purpose="marketing", priority=1, address="+989120000001", body="سلام",
        parts=1, state="delivered", due_at=NOW, created_at=NOW, sent_at=NOW, finished_at=NOW,
    )  # fmt: skip
    one = _one(who)
    assert (one.heard_days, one.told_days, one.relationship) == (90, 0, 75)


def test_performance_is_ours_and_groundless_complaints_are_not_counted(acting):
    """C109, C058: a complaint somebody found without ground is no trouble of ours."""
    for days in (40, 30, 20, 10):
        who = buy(1, days).customer_id
    assert _one(who).performance == 100
    case = open_case(kind="complaint", title="سرد بود", customer_id=who, now=NOW)
    assert (_one(who).troubles, _one(who).performance) == (1, 75)
    resolve_case(case_id=case.id, resolution="نبود", was_right=False, now=NOW)
    assert _one(who).performance == 100
    _answer(who, 1, 5)
    assert _one(who).performance == 50


def test_a_few_cost_the_same_queries(acting):
    people = [buy(who, 3).customer_id for who in (1, 2, 3)]
    counts = []
    for some in (people[:1], people):
        with CaptureQueriesContext(connection) as queries:
            assert set(healths_of(some, NOW)) == set(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_strategic_is_who_brings_most(acting):
    people = [buy(who, 3, rial=100 * (who + 1)).customer_id for who in range(9)]
    refresh_named_segments(now=NOW + timedelta(minutes=1))
    assert strategic_ids(people) == set()  # fewer than twenty earn something


def test_over_http_it_is_walled(api, other_api, business):
    """C109: one account's marks, and nothing of another business's."""
    with acting_for(business.id):
        who = buy(1, 3).customer_id
    told = api.get(f"customers/{who}/health").json()
    assert told["customer_id"] == str(who)
    assert told["performance"] is None
    assert told["is_strategic"] is False
    assert other_api.get(f"customers/{who}/health").status_code == 404
