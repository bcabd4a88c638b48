"""Opening and changing a business's account at a provider."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from payments.enums import Provider
from payments.models import ProviderAccount
from payments.models.sealing import seal
from payments.providers import product_of

_HINT_CHARS = 4


@operation
def set_provider_account(
    *,
    provider: str = Provider.ZARINPAL,
    credentials: Mapping[str, str],
    is_sandbox: bool = False,
    base_url: str = "",
    now: datetime,
) -> UUID:
    """Make this the account that takes the business's payments; return its id.

    Earlier accounts of the same product stay for the tries already made with them. Raises
    Problem `invalid_credentials` when the provider's format is not met.
    """
    product = product_of(provider)
    clean = {name: value.strip() for name, value in credentials.items() if value.strip()}
    if wrong := product.malformed(clean):
        raise Problem(
            "invalid_credentials",
            _("These credentials are not in the provider's format."),
            fields={f"credentials.{wrong}": [_("Check this value.")]},
        )
    ProviderAccount.objects.filter(provider=provider, is_active=True).update(is_active=False)
    account_id = new_id()
    ProviderAccount.objects.create(
        id=account_id,
        provider=Provider(provider),
        credentials=seal(clean, business_id=active_business_id(), account_id=account_id),
        hint=next(iter(clean.values()))[-_HINT_CHARS:],
        families=list(product.families(clean)),
        is_sandbox=is_sandbox,
        base_url=base_url,
        created_at=now,
    )
    return account_id


@operation
def open_default_account(*, is_test: bool, now: datetime) -> UUID | None:
    """Give a new business the test gateway, unless it is a live one in production.

    The sandbox takes any UUID for a merchant.
    """
    if not is_test and settings.PRODUCTION:
        return None
    if ProviderAccount.objects.filter(is_active=True).exists():
        return None
    merchant = {"merchant_id": str(uuid.uuid4())}
    return set_provider_account(credentials=merchant, is_sandbox=True, now=now)
