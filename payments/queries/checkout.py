"""What the pay page offers: by which rails, the usual one first, and where each leads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from customers.queries import purchase_rows
from payments.enums import PaymentMethod
from payments.models import Payment, ProviderAccount
from payments.providers import adapter_of
from payments.providers.contract import Account
from payments.queries.accounts import hosts_of
from payments.queries.payer import customer_of

_LATEST: Final = 5
_LOOKS_AT: Final = 20
# What a buyer chooses here; a debit comes by itself.
_CHOOSABLE: Final = frozenset(
    {
        PaymentMethod.GATEWAY,
        PaymentMethod.BNPL,
        PaymentMethod.IDENTIFIED_DEPOSIT,
        PaymentMethod.CARD_TO_CARD,
    }
)


@dataclass(frozen=True, slots=True)
class Landing:
    """Whose page the buyer comes to first; `host` is empty where only the session tells it."""

    provider: str
    host: str


def landings(accounts: Sequence[ProviderAccount]) -> list[Landing]:
    """Return where these gateways send a buyer, each place once, in their order. No query."""
    found = [Landing(str(one.get_provider_display()), _host(one)) for one in accounts]
    return list(dict.fromkeys(found))


def usual_method(payment: Payment) -> PaymentMethod | None:
    """Return how this payment's customer mostly paid online lately; the last one breaks a tie."""
    customer_id = customer_of(payment)
    if customer_id is None:
        return None
    paid = purchase_rows(customer_id=customer_id).exclude(payment_id=None)
    ids = paid.order_by("-occurred_at", "-id").values_list("payment_id", flat=True)[:_LOOKS_AT]
    newest = [one for one in ids if one is not None]
    methods = dict(Payment.objects.filter(id__in=newest).values_list("id", "method"))
    used = [PaymentMethod(methods[one]) for one in newest if one in methods]
    choices = [one for one in used if one in _CHOOSABLE][:_LATEST]
    # Of equals the first one counted, which is the latest, stands first.
    return Counter(choices).most_common(1)[0][0] if choices else None


def _host(account: ProviderAccount) -> str:
    gateway = adapter_of(account.provider)
    if gateway.capabilities.names_page:
        return ""
    hosts = hosts_of(account)
    at = Account(base_url=next(iter(hosts.values())), credentials={}, hosts=hosts)
    return urlsplit(gateway.redirect(at, "0").url).hostname or ""
