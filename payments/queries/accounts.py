"""The account that takes a business's payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from payments.models import ProviderAccount
from payments.providers import adapter_of, product_of


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What may be shown of an account; `hint` is the end of its credential."""

    id: UUID
    provider: str
    provider_name: str
    hint: str
    is_sandbox: bool
    created_at: datetime


def accounts_for(family: str) -> list[ProviderAccount]:
    """Return the active accounts that offer a family of services, in the order to try them."""
    rows = ProviderAccount.objects.filter(is_active=True, families__contains=[family])
    return list(rows.order_by("priority", "created_at", "id"))


def gateways_at_once() -> list[ProviderAccount]:
    """Return the gateways of who pays now; a pay-later partner only where there is nobody else."""
    gateways = accounts_for("gateway")
    return [one for one in gateways if "bnpl" not in one.families] or gateways


def every_account() -> list[ProviderAccount]:
    """Return all accounts, those in use first, in the order to try them."""
    return list(ProviderAccount.objects.order_by("-is_active", "priority", "created_at"))


def account_rows() -> QuerySet[ProviderAccount]:
    """Return all accounts of the active business, to be paged."""
    return ProviderAccount.objects.all()


def account_by_id(account_id: UUID) -> ProviderAccount | None:
    """Return one account of the active business, or None."""
    return ProviderAccount.objects.filter(id=account_id).first()


def limits_of(account: ProviderAccount) -> tuple[int, int]:
    """Return the smallest and largest payment an account takes, in rial: the narrower bounds."""
    limits = adapter_of(account.provider).capabilities
    least = max(limits.min_rial, account.min_rial or 0)
    most = limits.max_rial if account.max_rial is None else min(limits.max_rial, account.max_rial)
    return least, most


def provider_account() -> AccountInfo | None:
    """Return the account that takes the active business's payments first, or None."""
    row = next(iter(accounts_for("gateway")), None)
    if row is None:
        return None
    return AccountInfo(
        id=row.id,
        provider=row.provider,
        provider_name=str(row.get_provider_display()),
        hint=row.hint,
        is_sandbox=row.is_sandbox,
        created_at=row.created_at,
    )


def hosts_of(row: ProviderAccount) -> dict[str, str]:
    """Return the addresses of an account's provider by name, the main one first.

    They follow the settings, so a sandbox that moved to another port is still found.
    """
    named = {
        name: f"{settings.SANDBOX_URL}{host.sandbox_path}"
        if row.is_sandbox
        else settings.PROVIDER_URLS.get(f"{row.provider}.{name}", host.url)
        for name, host in product_of(row.provider).hosts.items()
    }
    main = next(iter(named))
    return {
        name: url.rstrip("/") for name, url in {**named, main: row.base_url or named[main]}.items()
    }
