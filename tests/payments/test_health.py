"""The health of gateways: figures by hand, the method mix, over HTTP and as a page."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import AlertKind, AttemptState, PaymentMethod, PaymentState
from payments.models import Payment, PaymentAttempt, ProviderAccount, ProviderCall
from payments.operations import raise_alert
from payments.queries.health import FATES, gateway_health, method_mix

SPAN: dict[str, Any] = {
    "since": date(2026, 10, 25),
    "until": date(2026, 11, 24),
    "zone": ZoneInfo("Asia/Tehran"),
}


class Past:
    """Payments, tries and calls put into a business's past."""

    def __init__(self, business, now):
        self.business, self.now = business, now
        with acting_for(business.id):
            self.account = ProviderAccount.objects.get()

    def another_account(self) -> ProviderAccount:
        with acting_for(self.business.id):
            return ProviderAccount.objects.create(
                provider="zibal", credentials=b"x", families=["gateway"], created_at=self.now
            )

    def payment(self, at, *, paid=False, method=PaymentMethod.GATEWAY, state=None, rial=10_000):
        return Payment.objects.create(
            external_id=f"old-{new_id()}",
            amount_rial=rial,
            method=method,
            state=state or (PaymentState.SETTLED if paid else PaymentState.EXPIRED),
            fingerprint="",
            pay_token=str(new_id()),
            created_at=at,
            expires_at=at,
            settled_at=at if paid else None,
        )

    def attempt(self, state, *, account=None, hours_ago=1.0, sent=True, over=True, took=0):
        at = self.now - timedelta(hours=hours_ago)
        with acting_for(self.business.id):
            attempt = PaymentAttempt.objects.create(
                payment=self.payment(at, paid=state == AttemptState.CONFIRMED),
                account=account or self.account,
                number=1,
                state=state,
                callback_token=str(new_id()),
                sent_amount=10_000,
                wire_unit="IRR",
                adapter_version="test",
                started_at=at,
                redirected_at=at if sent else None,
                ended_at=at if over else None,
            )
            ProviderCall.objects.create(
                attempt=attempt,
                account=attempt.account,
                operation="request",
                outcome="ok",
                at=at,
                took_ms=took,
            )


@pytest.fixture
def past(business, now) -> Past:
    return Past(business, now)


def test_every_state_has_one_fate():
    assert sorted(state for states in FATES.values() for state in states) == sorted(AttemptState)


def test_figures_by_hand(past: Past, business):
    for state, took in (("confirmed", 100), ("confirmed", 200), ("reversed", 300)):
        past.attempt(AttemptState(state), took=took)
    past.attempt(AttemptState.DECLINED, hours_ago=3, took=900)
    past.attempt(AttemptState.UNKNOWN, over=False)
    past.attempt(AttemptState.NOT_ATTEMPTED, sent=False)
    past.attempt(AttemptState.CONFIRMED, hours_ago=24 * 40)
    with acting_for(business.id):
        (told,) = gateway_health(**SPAN)
    assert (told.tries, told.fates["confirmed"], told.fates["declined"]) == (6, 3, 1)
    assert (told.fates["unknown"], told.fates["not_attempted"]) == (1, 1)
    assert (told.success.tries, told.success.won) == (4, 3)
    # Begun an hour before 13:30 in Tehran, and three hours before.
    assert {hour: (one.tries, one.won) for hour, one in enumerate(told.hours) if one.tries} == {
        12: (3, 3),
        10: (1, 0),
    }
    (calls,) = told.latencies
    assert (calls.operation, calls.calls, calls.p50_ms, calls.p95_ms) == ("request", 4, 250, 810)


def test_the_method_mix(past: Past, business, now):
    with acting_for(business.id):
        past.payment(now, paid=True, rial=30_000)
        past.payment(now, paid=False)
        past.payment(now, state=PaymentState.CREATED)
        past.payment(now, paid=True, method=PaymentMethod.CARD_TO_CARD, rial=10_000)
        gateway, card = method_mix(**SPAN)
    assert (gateway.method, gateway.count, gateway.still_open, gateway.paid) == ("gateway", 3, 1, 1)
    assert (gateway.paid_rial, gateway.share, gateway.completion) == (30_000, 0.75, 0.5)
    assert (card.share, card.completion) == (0.25, 1.0)


def test_a_paused_account_and_its_error_over_http(past: Past, business, now, api):
    past.attempt(AttemptState.CONFIRMED)
    with acting_for(business.id):
        ProviderAccount.objects.update(paused_until=now + timedelta(days=3650), failure="timeout")
    told = api.get("reports/payments").json()
    (one,) = told["gateways"]
    assert (one["is_paused"], one["last_error"], len(one["hours"])) == (True, "timeout", 24)
    assert set(told) == {
        "since",
        "until",
        "gateways",
        "methods",
        "banks",
        "failed",
        "errors",
    }
    assert one["success"].keys() == {"tries", "succeeded", "rate", "low", "high"}


def test_the_page_and_the_report_cost_the_same_for_one_account_and_for_three(
    past: Past, api, owner_client, business, django_assert_max_num_queries
):
    def cost() -> tuple[int, int]:
        with django_assert_max_num_queries(100) as page:
            address = f"/b/{business.slug}/payments/health/"
            assert owner_client.get(address).status_code == 200
        with django_assert_max_num_queries(100) as report:
            assert api.get("reports/payments").status_code == 200
        return len(page), len(report)

    past.attempt(AttemptState.CONFIRMED, took=5)
    cost()
    one = cost()
    for _more in range(2):
        past.attempt(AttemptState.DECLINED, account=past.another_account(), took=5)
    assert cost() == one
    with acting_for(business.id):
        assert len(gateway_health(**SPAN)) == 3


def test_without_tries_the_page_teaches(owner_client, business):
    page = owner_client.get(f"/b/{business.slug}/payments/health/").content.decode()
    assert "empty-state" in page
    assert "heat-cell" not in page


def test_open_alerts_are_counted_on_their_tab(owner_client, business, now):
    address = f"/b/{business.slug}/payments/health/"
    badge = '<span class="chip chip-bad">'
    assert badge not in owner_client.get(address).content.decode()
    with acting_for(business.id):
        raise_alert(kind=AlertKind.ORPHAN, source_id=new_id(), now=now)
        raise_alert(kind=AlertKind.TENFOLD, source_id=new_id(), now=now)
    assert f"{badge}۲<" in owner_client.get(address).content.decode()
