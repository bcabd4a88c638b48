"""Which gateways' reports come by themselves, and how the last ones came."""

from dataclasses import dataclass

from payments.enums.books import FetchState
from payments.models import ProviderAccount, ReportFetch
from payments.providers import product_of
from payments.queries.accounts import accounts_for


@dataclass(frozen=True, slots=True)
class AccountFeed:
    """An account: whether its provider documents a list of a day, and its last fetched day."""

    account: ProviderAccount
    lists: bool
    last: ReportFetch | None
    due: ReportFetch | None


def account_feeds() -> list[AccountFeed]:
    """Return the gateways in use, in their order. Three queries."""
    accounts = accounts_for("gateway")
    rows = ReportFetch.objects.filter(account__in=accounts).order_by("account_id", "-day")
    ended = rows.exclude(state=FetchState.DUE).distinct("account_id")
    last = {row.account_id: row for row in ended}
    # The earliest day is read last, and stands.
    due = {row.account_id: row for row in rows.filter(state=FetchState.DUE)}
    return [
        AccountFeed(
            account=one,
            lists=product_of(one.provider).statements is not None,
            last=last.get(one.id),
            due=due.get(one.id),
        )
        for one in accounts
    ]
