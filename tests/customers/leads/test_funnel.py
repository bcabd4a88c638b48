"""What became of the people of a source: figures against a picture drawn by hand (C009, C042)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ids import new_id
from customers.operations import CustomerHint, record_return
from customers.operations.leads import follow_up
from customers.queries.leads import funnel
from customers.queries.leads.funnel import Funnel, SourceFate
from tests.customers.conftest import sale

DAY = timedelta(days=1)


@pytest.fixture
def told(now):
    """Return `told()`: the fates by the sources' titles."""
    return lambda: {one.title: one for one in funnel(now - DAY, now + 30 * DAY).sources}


def test_each_source_says_how_far_its_people_got(left, buys, told, now):
    waiting, called, wants, lost, bought, again = (
        left(f"0912000000{n}", source="نمایشگاه").lead for n in range(6)
    )
    follow_up(lead_id=called.id, step="contacted", now=now)
    follow_up(lead_id=wants.id, step="interested", now=now)
    follow_up(lead_id=lost.id, step="lost", because="price", now=now)
    buys("09120000004", rial=500)
    buys("09120000005", rial=300, after=2 * DAY)
    buys("09120000005", rial=200, after=4 * DAY)
    left("09350000000", source="سایت", kind="form")
    fair = told()["نمایشگاه"]
    steps = ("leads", "contacted", "interested", "bought", "again", "lost", "waiting")
    assert [getattr(fair, step) for step in steps] == [6, 4, 3, 2, 1, 1, 3]
    assert (fair.net_rial, sorted(fair.days)) == (1_000, [1.0, 2.0])
    assert (told()["سایت"].leads, told()["سایت"].bought) == (1, 0)
    whole = funnel(now - DAY, now + 30 * DAY)
    assert (whole.total("leads"), whole.median_days) == (7, 1.5)
    assert [one.title for one in whole.sources] == ["نمایشگاه", "سایت"]
    assert {waiting.stage, bought.stage, again.stage} == {"new"}


def test_what_came_back_is_not_bought(left, buys, told, now):
    left(source="نمایشگاه")
    one = buys(rial=500)
    record_return(purchase_id=one.purchase_id, external_id="r", amount_rial=500, now=now + DAY)
    assert (told()["نمایشگاه"].bought, told()["نمایشگاه"].net_rial) == (0, 0)


def test_who_bought_before_is_told_apart(left, record_one, told, now):
    """Their past was imported after they left their number."""
    left(source="نمایشگاه")
    past = sale(700, customer=CustomerHint(mobile="09121234567"), occurred_at=now - 9 * DAY)
    record_one(past, source="import")
    fate = told()["نمایشگاه"]
    assert (fate.before, fate.leads, fate.bought, fate.net_rial) == (1, 0, 0, 0)


def test_a_person_counts_once_for_the_source_that_was_first(left, told, now):
    old = left(source="نمایشگاه").lead
    follow_up(lead_id=old.id, step="lost", because="price", now=now)
    left(source="سایت", kind="form", at=now + DAY)
    assert {title: one.leads for title, one in told().items()} == {"نمایشگاه": 1}


def test_who_left_the_number_on_another_day_is_not_in_the_span(left, now):
    left(at=now)
    assert funnel(now + DAY, now + 2 * DAY).sources == ()
    assert funnel(now - DAY, now).sources == ()
    assert funnel(now, now + DAY).total("leads") == 1


def fate(days):
    numbers = dict.fromkeys(
        ("cost_rial", "before", "leads", "contacted", "interested", "again", "lost", "net_rial"), 0
    )
    return SourceFate(
        source_id=new_id(), kind="form", title="", bought=len(days), days=tuple(days), **numbers
    )


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(0, 400), max_size=9), max_size=4))
def test_half_were_faster_than_the_median(days):
    told = Funnel(tuple(fate(one) for one in days)).median_days
    every = [day for one in days for day in one]
    if not every:
        assert told is None
        return
    assert sum(day < told for day in every) <= len(every) / 2
    assert sum(day > told for day in every) <= len(every) / 2
