"""Setting up the business's SMS account."""

from datetime import datetime, time
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import operation
from core.text import normalise_code
from messaging.models import SmsAccount

_SANDBOX_SENDER: Final = "10008663"
_SANDBOX_KEY: Final = "sandbox"
_SENDER_LENGTHS: Final = range(3, 21)


@operation
def open_default_account(*, now: datetime) -> SmsAccount:
    """Give a new business a simulated account, so everything works before a contract is signed."""
    del now
    existing = SmsAccount.objects.first()
    if existing:
        return existing
    account = SmsAccount(sender=_SANDBOX_SENDER)
    account.api_key = _SANDBOX_KEY
    account.save()
    return account


@operation
def connect_account(
    *, sender: str, api_key: str, part_price_rial: int, is_sandbox: bool, now: datetime
) -> SmsAccount:
    """Point the business at its own line; an empty `api_key` keeps the stored one.

    Raises Problem `invalid_sender`.
    """
    line = normalise_code(sender)
    if not line.isascii() or not line.isdigit() or len(line) not in _SENDER_LENGTHS:
        raise Problem("invalid_sender", _("The sender line must be 3 to 20 digits."))
    account = open_default_account(now=now)
    account.sender = line
    account.part_price_rial = part_price_rial
    account.is_sandbox = is_sandbox
    if api_key:
        account.api_key = api_key
    account.save()
    return account


@operation
def set_manners(
    *, quiet_from: time, quiet_until: time, daily_cap: int, weekly_cap: int, now: datetime
) -> None:
    """Change the quiet hours and how many offers a customer may get."""
    del now
    SmsAccount.objects.update(
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        daily_cap=daily_cap,
        weekly_cap=weekly_cap,
    )
