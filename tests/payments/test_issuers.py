"""Success by issuing bank and the reasons of failed tries: figures by hand, and where they end."""

import re
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import AttemptState, PaymentState
from payments.enums.accounts import TryFailure
from payments.models import Payment, PaymentAttempt, ProviderAccount
from payments.operations.settle import note_card
from payments.providers import adapter_of
from payments.providers.contract import Outcome
from payments.queries.issuers import fail_reasons, success_by_bank
from payments.web.pages import find, receipt_context

SPAN: dict[str, Any] = {
    "since": date(2026, 10, 25),
    "until": date(2026, 11, 24),
    "zone": ZoneInfo("Asia/Tehran"),
}
WON, LOST = AttemptState.CONFIRMED, AttemptState.DECLINED


class Tries:
    """Tries that are over, put into a business's past."""

    def __init__(self, business, now):
        self.business, self.now = business, now

    def account(self, provider: str) -> ProviderAccount:
        with acting_for(self.business.id):
            known = ProviderAccount.objects.filter(provider=provider).first()
            return known or ProviderAccount.objects.create(
                provider=provider, credentials=b"x", families=["gateway"], created_at=self.now
            )

    def add(self, state, card="", *, provider="zibal", code="", at=None, n=1):
        account, at = self.account(provider), at or self.now
        with acting_for(self.business.id):
            for _one in range(n):
                payment = Payment.objects.create(
                    external_id=str(new_id()),
                    amount_rial=10_000,
                    state=PaymentState.EXPIRED,
                    pay_token=str(new_id()),
                    created_at=at,
                    expires_at=at,
                )
                PaymentAttempt.objects.create(
                    payment=payment,
                    account=account,
                    number=1,
                    state=state,
                    callback_token=str(new_id()),
                    sent_amount=10_000,
                    wire_unit="IRR",
                    adapter_version="test",
                    masked_pan=card,
                    last_code=code,
                    started_at=at,
                    redirected_at=None if state == AttemptState.NOT_ATTEMPTED else at,
                    ended_at=at,
                )


@pytest.fixture
def tries(business, now) -> Tries:
    return Tries(business, now)


def test_banks_by_hand(tries: Tries, business):
    tries.add(WON, "603799******4431", n=3)
    tries.add(LOST, "170019******4431")  # Melli's other six digits
    tries.add(LOST, "636214******0001")  # Ayandeh, which Melli answers for since 2025
    tries.add(WON, "621986******9007")
    tries.add(LOST, "999999******0000")
    tries.add(LOST, n=2)
    tries.add(WON, "603799******4431", provider="zarinpal", n=4)
    tries.add(LOST, provider="zarinpal")
    with acting_for(business.id):
        mix = success_by_bank(**SPAN)
    assert [
        (one.bank and one.bank.code, one.success.tries, one.success.won) for one in mix.banks
    ] == [("017", 5, 3), (None, 1, 0), ("056", 1, 1)]
    assert (mix.cardless.tries, mix.blind.tries, mix.blind.won) == (2, 5, 4)


def test_a_small_sample_is_told_with_its_interval(tries: Tries, api):
    tries.add(WON, "621986******9007", n=2)
    assert api.get("reports/payments").json()["banks"]["rows"] == []
    tries.add(LOST, "603799******4431")
    (one, _melli) = api.get("reports/payments").json()["banks"]["rows"]
    assert (one["bank"], one["success"]["rate"]) == ("056", 1.0)
    # Wilson for two of two: 2 / (2 + 1.96²) = 0.342.
    assert (round(one["success"]["low"], 3), round(one["success"]["high"], 3)) == (0.342, 1.0)


def test_a_day_begins_at_midnight_in_the_businesss_zone(tries: Tries, business, now):
    # 20:29 and 20:30 UTC are 23:59 of the day before and midnight in Tehran.
    before = now.replace(month=10, day=24, hour=20, minute=29)
    tries.add(LOST, "621986******9007", at=before)
    with acting_for(business.id):
        assert success_by_bank(**SPAN).banks == []
    tries.add(LOST, "621986******9007", at=before + timedelta(minutes=1))
    with acting_for(business.id):
        assert success_by_bank(**SPAN).banks[0].success.tries == 1


def test_reasons_by_hand(tries: Tries, business):
    tries.add(LOST, code="5", n=3)
    tries.add(LOST, code="3", n=2)
    tries.add(LOST, code="FAILED", provider="zarinpal")
    tries.add(AttemptState.NOT_ATTEMPTED, code="103", provider="zarinpal")
    tries.add(WON, code="100")
    with acting_for(business.id):
        found = fail_reasons(**SPAN)
    assert found.failed == 7
    assert [(one.code, one.kind, one.count) for one in found.rows] == [
        ("5", TryFailure.FUNDS, 3),
        ("3", TryFailure.CANCELLED, 2),
        ("FAILED", None, 1),
        ("103", None, 1),
    ]


def test_a_yes_to_another_amount_is_no_reason_in_the_providers_words(tries: Tries, business):
    tries.add(AttemptState.MISMATCH, code="100")
    with acting_for(business.id):
        PaymentAttempt.objects.update(last_outcome=Outcome.MISMATCH, last_message="success")
        (reason,) = fail_reasons(**SPAN).rows
    assert (reason.state, reason.code, reason.message) == (AttemptState.MISMATCH, "100", "")


def test_zibal_tells_the_card_and_the_reason_of_a_failed_try(shop_of):
    shop = shop_of("zibal")
    attempt = shop.attempt(shop.buy(card="insufficient_funds"))
    assert (attempt.state, attempt.last_code) == (AttemptState.DECLINED, "5")
    assert re.fullmatch(r"[0-9]{6}\*{6}[0-9]{4}", attempt.masked_pan)


@pytest.mark.parametrize(
    ("provider", "said", "card", "reason"),
    [
        ("sep", {"Token": "t", "Status": "1", "SecurePan": "621986******9007"}, True, "1"),
        ("mellat", {"RefId": "t", "ResCode": "17"}, False, "17"),
        ("jibit_ppg", {"purchaseId": "1", "payerMaskedCardNumber": "621986******9007"}, True, ""),
        ("zarinpal", {"Authority": "A", "Status": "NOK"}, False, ""),
    ],
)
def test_what_a_return_tells_of_a_failed_try(provider, said, card, reason):
    claim = adapter_of(provider).parse_callback(said)
    assert claim is not None
    assert (claim.claims_success, bool(claim.masked_pan), claim.reason) == (False, card, reason)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("621986******9007", "621986******9007"),
        ("6219861034529007", "621986******9007"),
        ("621986XXXXXX9007", "621986******9007"),
        ("nonsense' OR 1=1", ""),
        ("", ""),
    ],
)
def test_a_card_nobody_proved_is_kept_masked_and_never_on_the_receipt(shop, said, kept):
    payment = shop.ask()
    shop.send_to_bank(payment)
    with acting_for(shop.business.id):
        note_card(shop.attempt(payment), said, "5")
    assert (shop.attempt(payment).masked_pan, shop.attempt(payment).last_code) == (kept, "5")
    shown = find(payment.pay_token)
    assert shown is not None
    facts = receipt_context(shown, now=shop.now)["facts"]
    assert not any("۶۲۱۹۸۶" in str(fact["text"]) for fact in facts)


def test_the_page_tells_banks_and_reasons(tries: Tries, owner_client, business):
    tries.add(WON, "603799******4431", n=5)
    tries.add(LOST, "621986******9007", code="5")
    tries.add(LOST, provider="zarinpal")
    page = owner_client.get(f"/b/{business.slug}/payments/health/").content.decode()
    assert "ملی ایران" in page
    assert "نمونه کم است" in page
    assert "موجودی کارت کافی نبود" in page
