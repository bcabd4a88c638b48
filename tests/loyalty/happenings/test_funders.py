"""Points without a purchase that a supplier pays for are told apart in what is owed (N28)."""

from datetime import timedelta
from uuid import UUID

from core.calendar import TEHRAN, business_day
from loyalty.operations.books import post_entries
from loyalty.operations.engagement import take_engagement_back
from loyalty.queries.books import bridge, bridges_by_funder
from tests.loyalty.books.funded import funders_sum_to, parts_anew, parts_posted
from tests.loyalty.engagement.test_engagement import START
from tests.loyalty.happenings.conftest import after, tell
from tests.loyalty.rules.conftest import put

WEAVER = "بافندگی کاج"


def posted(now):
    while post_entries(now=now, thorough=True).count:
        pass
    assert parts_posted() == parts_anew()
    today = business_day(START, TEHRAN)
    whole = bridge(today, today)
    funders_sum_to(whole)
    return {one.funder: one.bridge.closing.points for one in bridges_by_funder(whole)}


def test_n28_a_funder_owes_what_their_rule_gave_until_it_is_taken_back(sara):
    put(after(points=20, funder=WEAVER), after(points=10), now=START)
    row = tell(sara)
    told = posted(START + timedelta(days=1))
    assert (told[WEAVER], sum(told.values())) == (20, 30)
    take_engagement_back(engagement_id=UUID(row.reference), now=START + timedelta(minutes=1))
    told = posted(START + timedelta(days=2))
    assert (told.get(WEAVER, 0), sum(told.values())) == (0, 0)
