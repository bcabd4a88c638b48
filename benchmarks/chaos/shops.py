"""The businesses of the run: laid out by the product's own operations, acting over its API."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from django.conf import settings
from django.utils import timezone

from benchmarks import stage
from benchmarks.chaos.plan import Due, Plan, Sale, shop_of
from businesses.operations import issue_api_key
from core.tenancy import acting_for
from payments.management.buyer import Buyer
from payments.operations.accounts import add_account, set_account_active
from payments.operations.mandates import NewMandate, request_mandate
from payments.queries import accounts_for

# Which gateways a business has, in its order; those that debit do it by their first one.
GATEWAYS: Final = (
    ("zarinpal", "sep"),
    ("vandar", "mellat"),
    ("zibal", "zarinpal"),
    ("jibit_ppg", "zibal"),
    ("mellat", "jibit_ppg"),
    ("sep", "vandar"),
)
# Mellat is not here: nothing it says holds an amount, so another sum shows in its report alone.
_NAMES: Final = {
    "zarinpal": "merchant_id",
    "zibal": "merchant",
    "vandar": "api_key",
    "jibit_ppg": "api_key",
    "sep": "terminal_id",
}
_BANK: Final = "056"
_MOST_TRIES: Final = 60
_PAUSE_S: Final = 0.3
_POOR_RIAL: Final = 3_000_000
_AGAIN: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass
class Shop:
    """A business with its key; `given_up` counts requests the API never answered.

    `names` are what those of its banks know it by that tell the amount when they confirm.
    """

    business_id: UUID
    key: str
    names: list[str]
    mandates: dict[int, UUID] = field(default_factory=dict)
    given_up: int = 0
    repeated: int = 0

    def ask(self, sale: Sale) -> str | None:
        """Ask for a payment until the API answers; return where the buyer pays."""
        body = {
            "external_id": sale.external_id,
            "amount": sale.amount_rial,
            "customer": {"mobile": sale.mobile},
        }
        answer = self._post("payments", body)
        return None if answer is None else str(answer["pay_url"])

    def schedule(self, due: Due) -> bool:
        """Make a debit due until the API answers."""
        body = {
            "external_id": due.external_id,
            "mandate_id": str(self.mandates[due.mandate]),
            "amount": due.amount_rial,
            "due_at": (timezone.now() + timedelta(seconds=due.after_s)).isoformat(),
        }
        return self._post("debits", body) is not None

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Send it, and the very same again as long as nobody answers, as the API's papers say."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": uuid4().hex}
        url = f"{settings.BASE_URL}/api/v1/{path}"
        for _try in range(_MOST_TRIES):
            try:
                answer = httpx.post(url, json=body, headers=headers, timeout=30.0, verify=_TRUST)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                told: dict[str, Any] = answer.json()
                return told
            if answer is not None and answer.is_client_error and answer.status_code not in _AGAIN:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
            self.repeated += 1
            time.sleep(_PAUSE_S)
        self.given_up += 1
        return None


# One for all; nothing here speaks TLS.
_TRUST: Final = httpx.create_ssl_context()


def open_shops(plan: Plan, bank: httpx.Client) -> list[Shop]:
    """Found the businesses, connect their providers, and let their customers sign mandates."""
    shops = [_opened(number, gateways) for number, gateways in enumerate(GATEWAYS)]
    for mandate in range(plan.size.mandates):
        owner = shops[shop_of(mandate)]
        owner.mandates[mandate] = _signed(owner.business_id, mandate)
    for mandate in plan.poor:
        account = {"mobile": _mobile(mandate), "rial": _POOR_RIAL}
        bank.post("/control/debits/balance", json=account).raise_for_status()
    return shops


def _opened(number: int, gateways: tuple[str, ...]) -> Shop:
    now = timezone.now()
    business_id = stage.found_business(f"فروشگاه {number + 1}", now)
    with acting_for(business_id):
        for earlier in accounts_for("gateway"):
            set_account_active(account_id=earlier.id, active=False, actor=None, now=now)
        keys = {provider: _credentials(provider) for provider in gateways}
        for provider, credentials in keys.items():
            add_account(
                provider=provider, credentials=credentials, is_sandbox=True, actor=None, now=now
            )
    _row, key = issue_api_key(business_id=business_id, name="chaos", now=now)
    names = [
        credentials[_NAMES[provider]].partition("-key")[0]
        for provider, credentials in keys.items()
        if provider in _NAMES
    ]
    return Shop(business_id, key, names)


def _credentials(provider: str) -> dict[str, str]:
    name = uuid4().hex[:12]
    return {
        "zarinpal": {"merchant_id": str(uuid4())},
        "zibal": {"merchant": name},
        "vandar": {
            "api_key": f"{name}-key",
            "business": name,
            "mobile": "09120000000",
            "password": "secret",
        },
        "jibit_ppg": {"api_key": name, "secret_key": f"secret-of-{name}"},
        "mellat": {
            "terminal_id": str(uuid4().int % 10**7),
            "username": name,
            "password": f"secret-of-{name}",
        },
        # SEP's terminals whose number ends in 9 answer by the other source's codes.
        "sep": {"terminal_id": f"{uuid4().int % 10**6}1"},
    }[provider]


def _signed(business_id: UUID, number: int) -> UUID:
    """Ask for a mandate and sign it at the bank's own page; the browser brings the word."""
    now = timezone.now()
    asked = NewMandate(
        mobile=_mobile(number),
        bank=_BANK,
        max_debit_rial=10**8,
        max_day_count=10**3,
        max_month_count=10**4,
        expires_at=now + timedelta(days=365),
    )
    signing = request_mandate(business_id=business_id, asked=asked, now=now)
    with Buyer() as customer:
        customer.look_at(signing.redirect.url)
        customer.send_form(action="sign")
    return signing.mandate_id


def _mobile(mandate: int) -> str:
    return f"0913{mandate:07}"
