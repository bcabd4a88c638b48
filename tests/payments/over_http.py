"""A shop at one provider, its bank's page that posts back, and short words for what is left."""

from urllib.parse import parse_qsl, urlsplit

from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from core.tenancy import acting_for
from payments.models import Alert, MoneyEntry, Payment, ProviderAccount
from payments.operations import set_provider_account
from tests.payments.conftest import Shop


def shop_at(shop: Shop, provider: str, **credentials: str) -> Shop:
    """Return the shop with one provider as its only gateway."""
    with acting_for(shop.business.id):
        ProviderAccount.objects.filter(is_active=True).update(is_active=False)
        set_provider_account(
            provider=provider, credentials=credentials, is_sandbox=True, now=shop.now
        )
    return shop


def bought_by_form(shop: Shop, times: int = 3) -> Payment:
    """Buy with the bank's form posted from its own page, without a cookie, again and again."""
    shop.now = timezone.now()  # the view reads the clock itself
    payment = shop.ask()
    parts = urlsplit(shop.pay(payment))
    for _ in range(times):
        browser = Client(enforce_csrf_checks=True)
        assert browser.post(parts.path, dict(parse_qsl(parts.query))).status_code == 303
    return payment


def fields_of(address: str) -> dict[str, str]:
    """Return what the bank's form brings back."""
    return dict(parse_qsl(urlsplit(address).query))


def alerts(shop: Shop) -> set[str]:
    """Return what waits for somebody."""
    with acting_for(shop.business.id):
        return set(Alert.objects.filter(resolved_at=None).values_list("kind", flat=True))


def at_provider(shop: Shop) -> int:
    """Return the rial that our books say lie with the provider."""
    with acting_for(shop.business.id):
        rows = MoneyEntry.objects.filter(account="provider")
        return rows.aggregate(total=Sum("amount_rial"))["total"] or 0
