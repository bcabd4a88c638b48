"""The business's SMS account."""

from typing import Final

from django.conf import settings

from businesses.queries import business_by_id
from core.tenancy import active_business_id
from messaging.models import SmsAccount
from messaging.providers import Account
from messaging.queries.manners import Manners

_REAL: Final = "https://api.kavenegar.com"
DEFAULT_PART_PRICE_RIAL: Final = 1_850


def sms_account() -> SmsAccount | None:
    """Return the active business's account in use, or None."""
    return SmsAccount.objects.filter(is_active=True).first()


def part_price_rial() -> int:
    """Return what one part costs the active business, in rial."""
    price = SmsAccount.objects.values_list("part_price_rial", flat=True).first()
    return DEFAULT_PART_PRICE_RIAL if price is None else price


def wire_account(row: SmsAccount) -> Account:
    """Return what an adapter needs of an account."""
    return Account(base_url=_base_url(row), sender=row.sender, api_key=row.api_key)


def manners_of(row: SmsAccount) -> Manners:
    """Return the account's rules for messages nobody asked for."""
    return Manners(
        zone=business_by_id(active_business_id()).timezone,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        daily_cap=row.daily_cap,
        weekly_cap=row.weekly_cap,
    )


def _base_url(row: SmsAccount) -> str:
    """An address set by the environment wins; else simulated accounts stay in the sandbox."""
    chosen = settings.SMS_BASE_URL.rstrip("/")
    if chosen != _REAL:
        return str(chosen)
    return str(settings.SANDBOX_URL) if row.is_sandbox else _REAL
