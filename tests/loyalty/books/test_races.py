"""Books written by many at once, beside tills that go on selling (real connections, commits)."""

from functools import partial

from core.tenancy import acting_for
from loyalty.models import LedgerEntry, PointsPosting
from loyalty.operations.books import post_entries
from loyalty.queries.books import waiting_entries
from loyalty.queries.invariants import broken
from loyalty.tasks import post
from tests.loyalty.conftest import FAR
from tests.loyalty.test_races import sell


def test_many_writers_post_every_entry_once(in_parallel, business, now):
    for _sale in range(3):
        sell(business.id, now, 5_000_000)

    def write():
        with acting_for(business.id):
            return post_entries(now=now).count

    works = [*[write] * 5, *[partial(sell, business.id, now, 1_000_000)] * 5]
    posted = sum(one for one in in_parallel(*works) if isinstance(one, int))
    with acting_for(business.id):
        assert PointsPosting.objects.count() == posted
        post_entries(now=now)
        assert (waiting_entries().count, PointsPosting.objects.count()) == (0, 8)
        assert LedgerEntry.objects.count() == 8
        assert broken(now + FAR) == []


def test_the_worker_writes_the_books_of_every_business(in_parallel, business, now):
    sell(business.id, now, 5_000_000)
    assert in_parallel(post, role="vafa_worker") == [1]
    assert in_parallel(post, role="vafa_worker") == [0]
