"""The businesses of the run: laid out by the product's own operations, acting over its API."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import httpx
from django.utils import timezone

from benchmarks import stage
from benchmarks.chaos.api import Api
from benchmarks.chaos.plan import DEPOSITING, LATER, Due, Plan, Sale, shop_of
from businesses.operations import issue_api_key
from core.tenancy import acting_for
from payments.management.buyer import Buyer
from payments.operations.accounts import add_account, set_account_active
from payments.operations.deposits import link_bank_account
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
    "snapppay": "client_id",
}
_BANK: Final = "056"
_POOR_RIAL: Final = 3_000_000


@dataclass
class Shop:
    """A business with its program.

    `names` are what those of its banks know it by that tell the amount when they confirm.
    """

    business_id: UUID
    api: Api
    names: list[str]
    mandates: dict[int, UUID] = field(default_factory=dict)

    def ask(self, sale: Sale) -> tuple[str, str] | None:
        """Ask for a payment; return its id and where the buyer pays, None when nobody answers."""
        body = {
            "external_id": sale.external_id,
            "amount": sale.amount_rial,
            "customer": {"mobile": sale.mobile},
        }
        told = self.api.post("payments", body)
        return None if told is None else (str(told["id"]), str(told["pay_url"]))

    def schedule(self, due: Due) -> None:
        """Make a debit due."""
        body = {
            "external_id": due.external_id,
            "mandate_id": str(self.mandates[due.mandate]),
            "amount": due.amount_rial,
            "due_at": (timezone.now() + timedelta(seconds=due.after_s)).isoformat(),
        }
        self.api.post("debits", body)


def open_shops(plan: Plan, bank: httpx.Client) -> list[Shop]:
    """Found the businesses, connect their providers, and let their customers sign mandates."""
    shops = [_opened(number) for number in range(len(GATEWAYS))]
    for mandate in range(plan.size.mandates):
        owner = shops[shop_of(mandate)]
        owner.mandates[mandate] = _signed(owner.business_id, mandate)
    for mandate in plan.poor:
        account = {"mobile": _mobile(mandate), "rial": _POOR_RIAL}
        bank.post("/control/debits/balance", json=account).raise_for_status()
    return shops


def _opened(number: int) -> Shop:
    now = timezone.now()
    business_id = stage.found_business(f"فروشگاه {number + 1}", now)
    with acting_for(business_id):
        for earlier in accounts_for("gateway"):
            set_account_active(account_id=earlier.id, active=False, actor=None, now=now)
        keys = {provider: _credentials(provider, number) for provider in _products(number)}
        for provider, credentials in keys.items():
            account_id = add_account(
                provider=provider, credentials=credentials, is_sandbox=True, actor=None, now=now
            )
            if provider == "jibit_pip":
                link_bank_account(provider_account_id=account_id, now=now)
    _row, key = issue_api_key(business_id=business_id, name="chaos", now=now)
    names = [
        credentials[_NAMES[provider]].partition("-key")[0]
        for provider, credentials in keys.items()
        if provider in _NAMES
    ]
    return Shop(business_id, Api(key), names)


def _products(number: int) -> tuple[str, ...]:
    later = ("snapppay",) if number in LATER else ()
    deposits = ("jibit_pip",) if number in DEPOSITING else ()
    return (*GATEWAYS[number], *later, *deposits)


def _credentials(provider: str, number: int) -> dict[str, str]:
    """Return fresh keys, those that open refunds among them."""
    name = uuid4().hex[:12]
    return {
        "zarinpal": {
            "merchant_id": str(uuid4()),
            "access_token": uuid4().hex,
            "terminal_id": str(uuid4().int % 10**6),
        },
        "zibal": {"merchant": name, "access_token": f"{name}.secret", "account_id": "wallet"},
        "jibit_pip": {"api_key": name, "secret_key": f"secret-of-{name}"},
        "snapppay": {
            "client_id": name,
            "client_secret": f"secret-of-{name}",
            "username": name,
            "password": "secret",
            # What PENDING means there is not published: both readings are lived with.
            "pending": "paid" if number == LATER[0] else "",
        },
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
