"""A provider's own list of a day, fetched by itself: due rows, doubt, files that came first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.calendar import business_day, day_start
from core.tenancy import acting_for
from payments.enums import AlertKind, Provider, ReversalReason, ReversalState
from payments.enums.books import FetchState, ReportKind, ReportSource
from payments.models import (
    PaymentAttempt,
    ProviderAccount,
    Reconciliation,
    ReconciliationLine,
    ReportFetch,
    Reversal,
)
from payments.operations.books import reconcile
from payments.operations.books.due import DUE
from payments.operations.books.fetch import begin_fetching, fetch_report
from payments.providers import PRODUCTS, adapter_of
from payments.providers.contract import Outcome
from payments.queries.books import account_feeds
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, bought_by_form, shop_at
from tests.payments.trials import account_at, ask

TEHRAN = ZoneInfo("Asia/Tehran")


@dataclass
class Fetching:
    """A shop at Jibit, the day it sells on and short words for the night after it."""

    shop: Shop
    keys: dict[str, str]

    @property
    def day(self) -> date:
        return business_day(self.shop.now, TEHRAN)

    @property
    def night(self) -> datetime:
        """Return three in the morning of the next day."""
        return day_start(self.day + timedelta(days=1), TEHRAN) + timedelta(hours=3)

    def begin(self) -> None:
        with acting_for(self.shop.business.id):
            account_id = ProviderAccount.objects.get(provider=Provider.JIBIT_PPG).id
        begin_fetching(business_id=self.shop.business.id, account_id=account_id, now=self.shop.now)

    def fetches(self) -> list[ReportFetch]:
        with acting_for(self.shop.business.id):
            return list(ReportFetch.objects.order_by("day"))

    def fetch(self, now: datetime | None = None) -> bool:
        return fetch_report(
            business_id=self.shop.business.id,
            fetch_id=self.fetches()[0].id,
            now=now or self.night,
        )

    def compared(self) -> tuple[Reconciliation, list[str]]:
        with acting_for(self.shop.business.id):
            run = Reconciliation.objects.get()
            lines = ReconciliationLine.objects.order_by("result")
            return run, list(lines.values_list("result", flat=True))


@pytest.fixture
def jibit(shop: Shop) -> Fetching:
    shop.now = timezone.now()
    keys = {"api_key": uuid4().hex, "secret_key": uuid4().hex}
    return Fetching(shop_at(shop, Provider.JIBIT_PPG, **keys), keys)


def test_a_day_is_fetched_by_the_poller_and_agrees(jibit: Fetching, poll):
    payment = bought_by_form(jibit.shop)
    poll(jibit.shop.now)
    (due,) = jibit.fetches()
    assert (due.day, due.state) == (jibit.day, FetchState.DUE)
    poll(jibit.night)
    run, results = jibit.compared()
    assert (run.day, run.source, run.ours_rial, run.theirs_rial) == (
        jibit.day,
        ReportSource.FEED,
        payment.amount_rial,
        payment.amount_rial,
    )
    assert results == ["matched"]
    done, tomorrow = jibit.fetches()
    assert (done.state, done.next_try_at) == (FetchState.DONE, None)
    assert (tomorrow.day, tomorrow.state) == (jibit.day + timedelta(days=1), FetchState.DUE)
    assert tomorrow.next_try_at == jibit.night + timedelta(hours=23)
    assert jibit.shop.is_well()


def test_what_is_only_theirs_and_only_ours(jibit: Fetching):
    bought_by_form(jibit.shop)
    # Somebody sold by the same keys past us, and one of our payments they do not know.
    gateway = adapter_of(Provider.JIBIT_PPG)
    account = account_at(jibit.shop.bank.base_url, Provider.JIBIT_PPG, jibit.keys)
    opened = gateway.request(account, ask(50_000))
    jibit.shop.bank.pay(opened.authority)
    other = bought_by_form(jibit.shop)
    with acting_for(jibit.shop.business.id):
        PaymentAttempt.objects.filter(payment=other).update(authority="x", provider_ref="y")
    jibit.shop.bank.http.post(
        f"{account.base_url}/v3/purchases/{opened.authority}/verify",
        headers={"Authorization": f"Bearer {_token(jibit, account)}"},
    ).raise_for_status()
    jibit.begin()
    assert jibit.fetch() is True
    _run, results = jibit.compared()
    assert results == ["extra", "extra", "matched", "missing"]
    assert AlertKind.RECONCILIATION in alerts(jibit.shop)


def _token(jibit: Fetching, account) -> str:
    said = jibit.shop.bank.http.post(
        f"{account.base_url}/v3/tokens",
        json={"apiKey": jibit.keys["api_key"], "secretKey": jibit.keys["secret_key"]},
    )
    return str(said.json()["accessToken"])


def test_a_list_of_payments_says_nothing_of_reversals(jibit: Fetching):
    payment = bought_by_form(jibit.shop)
    attempt = jibit.shop.attempt(payment)
    with acting_for(jibit.shop.business.id):
        Reversal.objects.create(
            attempt=attempt,
            payment=payment,
            reason=ReversalReason.REQUESTED,
            state=ReversalState.RETURNED,
            amount_rial=payment.amount_rial,
            requested_at=jibit.shop.now,
            done_at=jibit.shop.now,
        )
    jibit.begin()
    jibit.fetch()
    assert jibit.compared()[1] == ["matched"]
    with acting_for(jibit.shop.business.id):
        reconcile(
            account_id=attempt.account_id,
            day=jibit.day,
            lines=[],
            source=ReportSource.FILE,
            now=jibit.night,
        )
        kinds = ReconciliationLine.objects.values_list("kind", "result")
        assert sorted(kinds) == [
            (ReportKind.PAYMENT, "missing"),
            (ReportKind.REFUND, "missing"),
        ]


def test_a_file_that_came_first_is_not_replaced(jibit: Fetching):
    jibit.begin()
    with acting_for(jibit.shop.business.id):
        reconcile(
            account_id=ProviderAccount.objects.get(is_active=True).id,
            day=jibit.day,
            lines=[],
            source=ReportSource.FILE,
            now=jibit.shop.now,
        )
    assert jibit.fetch() is True
    assert jibit.fetches()[0].state == FetchState.NOT_NEEDED
    assert jibit.shop.heard("unVerified") == 0


def test_a_provider_that_does_not_answer_is_asked_again_and_then_told_of(jibit: Fetching, settings):
    jibit.begin()
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    now = jibit.night
    assert jibit.fetch(now) is True
    (first, _next) = jibit.fetches()
    assert (first.state, first.tries, first.next_try_at) == (
        FetchState.DUE,
        1,
        now + timedelta(minutes=10),
    )
    assert jibit.fetch(now) is False
    assert jibit.fetch(now + timedelta(days=3)) is True
    assert jibit.fetches()[0].state == FetchState.GIVEN_UP
    assert AlertKind.REPORT_MISSING in alerts(jibit.shop)


def test_a_leased_day_is_left_alone_until_the_lease_ends(jibit: Fetching):
    jibit.begin()
    with acting_for(jibit.shop.business.id):
        ReportFetch.objects.update(leased_until=jibit.night + timedelta(minutes=1))
    assert jibit.fetch() is False
    assert jibit.fetch(jibit.night + timedelta(minutes=1)) is True


def test_a_list_longer_than_the_provider_shows_proves_nothing(jibit: Fetching, monkeypatch):
    for _payment in range(2):
        bought_by_form(jibit.shop)
    statements = PRODUCTS["jibit_ppg"].statements
    assert statements is not None
    account = account_at(jibit.shop.bank.base_url, Provider.JIBIT_PPG, jibit.keys)
    since = jibit.shop.now - timedelta(hours=1)
    whole = statements.day_report(account, since, since + timedelta(hours=2))
    assert (whole.outcome, len(whole.lines)) == (Outcome.OK, 2)
    later = statements.day_report(account, since + timedelta(hours=2), since + timedelta(hours=3))
    assert (later.outcome, later.lines) == (Outcome.OK, ())
    monkeypatch.setattr("payments.providers.jibit.ppg.report._PAGE_ROWS", 1)
    both = statements.day_report(account, since, since + timedelta(hours=2))
    assert (both.outcome, len(both.lines)) == (Outcome.OK, 2)
    monkeypatch.setattr("payments.providers.jibit.ppg.report._PAGES", 1)
    cut = statements.day_report(account, since, since + timedelta(hours=2))
    assert (cut.outcome, cut.lines) == (Outcome.UNKNOWN, ())


def test_only_providers_that_list_are_begun():
    assert "'jibit_ppg'" in DUE[0][0]
    assert "zarinpal" not in DUE[0][0]


def test_the_page_tells_what_comes_by_itself(jibit: Fetching, owner_client):
    with acting_for(jibit.shop.business.id):
        ProviderAccount.objects.filter(provider="zarinpal").update(is_active=True)
        feeds = account_feeds()
        assert [(one.account.provider, one.lists) for one in feeds] == [
            ("zarinpal", False),
            ("jibit_ppg", True),
        ]
    address = f"/b/{jibit.shop.business.slug}/books/reports/"
    page = owner_client.get(address).content.decode()
    assert "فهرستی مستند نکرده" in page
    jibit.begin()
    jibit.fetch()
    page = owner_client.get(address).content.decode()
    assert "گرفته شد" in page
