"""The businesses of the run: laid out by the product's own operations, acting over its API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

import httpx
from django.utils import timezone

from benchmarks import stage
from benchmarks.chaos.api import Api
from benchmarks.chaos.branch import Branch
from benchmarks.chaos.keys import credentials_for
from benchmarks.chaos.plan import DEPOSITING, LATER, Due, Plan, Sale, shop_of
from benchmarks.chaos.rails import OWN_BANK, PAYING
from benchmarks.chaos.receivers import holder_of, iban_of, mobile_of, payer_name
from businesses.operations import issue_api_key
from core.tenancy import acting_for
from payments.management.buyer import Buyer
from payments.operations.accounts import add_account, set_account_active
from payments.operations.deposits import link_bank_account, save_bank_account
from payments.operations.inquiries import set_inquiry_rules
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
_CARD: Final = "6037701689095443"
_POOR_RIAL: Final = 3_000_000


@dataclass
class Shop:
    """A business with its program, and two more people whose word counts.

    `names` are what those of its banks know it by that tell the amount when they confirm; `wallet`
    is the bank's account money is sent to others from; `branch` where its own bank account is.
    """

    business_id: UUID
    api: Api
    people: list[Api]
    names: list[str]
    wallet: str
    branch: Branch | None
    mandates: dict[int, UUID] = field(default_factory=dict)

    def ask(self, sale: Sale) -> tuple[str, str] | None:
        """Ask for a payment; return its id and where the buyer pays, None when nobody answers."""
        name = {} if sale.to is None else {"name": payer_name()}
        return self.charge(sale.external_id, sale.amount_rial, {"mobile": sale.mobile, **name})

    def charge(
        self, external_id: str, amount_rial: int, customer: Mapping[str, str]
    ) -> tuple[str, str] | None:
        """Ask for a sum; return the payment's id and where it is paid, None without an answer."""
        body = {"external_id": external_id, "amount": amount_rial, "customer": {**customer}}
        told = self.api.post("payments", body)
        return None if told is None else (str(told["id"]), str(told["pay_url"]))

    def schedule(self, due: Due) -> str:
        """Make a debit due; return its id, "" when nobody answers."""
        body = {
            "external_id": due.external_id,
            "mandate_id": str(self.mandates[due.mandate]),
            "amount": due.amount_rial,
            "due_at": (timezone.now() + timedelta(seconds=due.after_s)).isoformat(),
        }
        told = self.api.post("debits", body)
        return "" if told is None else str(told["id"])


def open_shops(plan: Plan, bank: httpx.Client) -> list[Shop]:
    """Found the businesses, connect their providers, and let their customers sign mandates."""
    shops = [_opened(number) for number in range(len(GATEWAYS))]
    for mandate in range(plan.size.mandates):
        owner = shops[shop_of(mandate)]
        owner.mandates[mandate] = _signed(owner.business_id, mandate)
    for mandate in plan.poor:
        account = {"mobile": mobile_of(mandate), "rial": _POOR_RIAL}
        bank.post("/control/debits/balance", json=account).raise_for_status()
    return shops


def _opened(number: int) -> Shop:
    now = timezone.now()
    business_id = stage.found_business(f"فروشگاه {number + 1}", now)
    keys = {provider: credentials_for(provider, number) for provider in _products(number)}
    with acting_for(business_id):
        for earlier in accounts_for("gateway"):
            set_account_active(account_id=earlier.id, active=False, actor=None, now=now)
        for provider, credentials in keys.items():
            account_id = add_account(
                provider=provider, credentials=credentials, is_sandbox=True, actor=None, now=now
            )
            if provider == "jibit_pip":
                link_bank_account(provider_account_id=account_id, now=now)
        # No answer about an account is used again: each question goes over the wire.
        set_inquiry_rules(daily_limit=100_000, valid_days=0, actor=None, now=now)
        branch = _branch(number) if number in OWN_BANK else None
    apis = [Api(_key(business_id, name)) for name in ("program", "second", "third")]
    return Shop(business_id, apis[0], apis[1:], _named(keys), _wallet(keys), branch)


def _key(business_id: UUID, name: str) -> str:
    _row, key = issue_api_key(business_id=business_id, name=name, now=timezone.now())
    return key


def _branch(number: int) -> Branch:
    account = save_bank_account(
        title="حساب بانکی",
        iban=iban_of(10**8 + number),
        owner=f"فروشگاه {number + 1}",
        card=_CARD,
        prefix=f"{number:03}",
        now=timezone.now(),
    )
    return Branch(account.id)


def _named(keys: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        credentials[_NAMES[provider]].partition("-key")[0]
        for provider, credentials in keys.items()
        if provider in _NAMES
    ]


def _wallet(keys: Mapping[str, Mapping[str, str]]) -> str:
    """Return the bank's name of the balance payouts leave, "" where there are none."""
    if "jibit_transferor" in keys:
        return f"merchant:{keys['jibit_transferor']['api_key']}"
    return f"merchant:{keys['vandar']['business']}" if "vandar" in keys else ""


def _products(number: int) -> tuple[str, ...]:
    later = ("snapppay",) if number in LATER else ()
    deposits = ("jibit_pip",) if number in DEPOSITING else ()
    # Vandar's account pays out itself; elsewhere somebody else has to.
    other = () if "vandar" in GATEWAYS[number] else ("jibit_transferor",)
    outgoing = (*other, "jibit_ide") if number in PAYING else ()
    return (*GATEWAYS[number], *later, *deposits, *outgoing)


def _signed(business_id: UUID, number: int) -> UUID:
    """Ask for a mandate and sign it at the bank's own page; the browser brings the word."""
    now = timezone.now()
    holder = holder_of(number)
    asked = NewMandate(
        mobile=mobile_of(number),
        bank=_BANK,
        max_debit_rial=10**8,
        max_day_count=10**3,
        max_month_count=10**4,
        expires_at=now + timedelta(days=365),
        name=f"{holder.first_name} {holder.last_name}",
        national_code=holder.national_code if holder.mobile == mobile_of(number) else "",
    )
    signing = request_mandate(business_id=business_id, asked=asked, now=now)
    with Buyer() as customer:
        customer.look_at(signing.redirect.url)
        customer.send_form(action="sign")
    return signing.mandate_id
