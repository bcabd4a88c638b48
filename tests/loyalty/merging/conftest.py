"""Two people with points of their own, and merges of them."""

from datetime import timedelta

import pytest

from customers.operations import CustomerHint, merge_customers, undo_merge
from loyalty.models import Wallet
from loyalty.queries import wallet_view
from tests.loyalty.conftest import buyer

STAYS = CustomerHint(mobile="09121111111")
GOES = CustomerHint(mobile="09122222222")


@pytest.fixture
def two(sell):
    """Return (who stays, who goes): 30 and 20 points, earned a day apart."""
    stays = buyer(sell(3_000_000, customer=STAYS))
    return stays, buyer(sell(2_000_000, customer=GOES))


@pytest.fixture
def join(acting, now):
    """Return a function that merges the second into the first and returns the merge."""

    def run(pair, *, at=None):
        return merge_customers(survivor_id=pair[0], merged_id=pair[1], now=at or now)

    return run


@pytest.fixture
def part(acting, now):
    """Return a function that takes a merge back."""

    def run(merge, *, at=None):
        return undo_merge(merge_id=merge.id, now=at or now + timedelta(days=1))

    return run


def balances(*customers, at):
    """Return what these customers have to spend."""
    return [wallet_view(one, at).balance_points for one in customers]


def in_all():
    """Return all points there are: spendable (less what is owed) and pending."""
    return sum(one.balance_points + one.pending_points for one in Wallet.objects.all())
