"""Opening and changing a business's accounts at providers. Every change is in the audit trail."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from core.text import normalise
from payments.enums import Provider
from payments.enums.accounts import UnverifiedPolicy
from payments.models import ProviderAccount
from payments.models.sealing import seal, unseal
from payments.providers import product_of

MAX_RIAL: Final = 10**15
_HINT_CHARS: Final = 4
_STEP: Final = 10
_MAX_BP: Final = 10_000
_MAX_MINUTES: Final = 10_000
_MAX_TITLE: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountTerms:
    """What the business decides about an account, beside its credentials. Amounts in rial."""

    title: str = ""
    priority: int = 100
    daily_cap_rial: int | None = None
    min_rial: int | None = None
    max_rial: int | None = None
    fee_bp: int = 0
    fee_fixed_rial: int = 0
    fee_max_rial: int | None = None
    unverified: str = ""
    verify_minutes: int | None = None


@operation
def add_account(
    *,
    provider: str,
    credentials: Mapping[str, str],
    title: str = "",
    is_sandbox: bool = False,
    base_url: str = "",
    actor: Actor | None,
    by: str = "",
    now: datetime,
) -> UUID:
    """Connect one more account, last in the order; return its id.

    Raises Problem `unknown_provider`, `invalid_credentials` when the provider's format is not
    met, or `test_business` for a live account of a test copy.
    """
    clean = _checked(provider, credentials)
    _check_mode(is_sandbox=is_sandbox)
    account_id = new_id()
    last = ProviderAccount.objects.filter(is_active=True).aggregate(last=Max("priority"))["last"]
    account = ProviderAccount(
        id=account_id,
        provider=Provider(provider),
        title=normalise(title)[:_MAX_TITLE],
        priority=(last or 0) + _STEP,
        is_sandbox=is_sandbox,
        base_url=base_url,
        created_at=now,
    )
    _put(account, clean)
    account.save(force_insert=True)
    _note("added", account, {"hint": account.hint}, (actor, by), now)
    return account_id


@operation
def replace_credentials(
    *,
    account_id: UUID,
    credentials: Mapping[str, str],
    actor: Actor | None,
    by: str = "",
    now: datetime,
) -> None:
    """Change what an account is opened with; a field left empty keeps its value.

    Raises NotFound, Problem `invalid_credentials`.
    """
    account = _held(account_id)
    known = unseal(
        bytes(account.credentials), business_id=account.business_id, account_id=account_id
    )
    typed = {name: value for name, value in credentials.items() if value.strip()}
    _put(account, _checked(account.provider, {**known, **typed}))
    account.tested_at, account.test_outcome = None, ""
    account.failures, account.paused_until = 0, None
    account.save()
    _note("credentials_replaced", account, {"fields": sorted(typed)}, (actor, by), now)


@operation
def change_account(
    *, account_id: UUID, terms: AccountTerms, actor: Actor | None, by: str = "", now: datetime
) -> None:
    """Change an account's name, order, limits, tariff and manner. Raises NotFound, Problem."""
    _decide(_held(account_id), terms, (actor, by), now)


@operation
def adjust_account(
    *,
    account_id: UUID,
    changes: Mapping[str, Any],
    actor: Actor | None,
    by: str = "",
    now: datetime,
) -> None:
    """Change some of an account's terms, by their names; the others stay. Raises as above."""
    account = _held(account_id)
    kept = {one.name: getattr(account, one.name) for one in fields(AccountTerms)}
    _decide(account, AccountTerms(**{**kept, **changes}), (actor, by), now)


@operation
def set_account_active(
    *, account_id: UUID, active: bool, actor: Actor | None, by: str = "", now: datetime
) -> None:
    """Take an account in or out of use; tries under way go on with it. Raises NotFound."""
    account = _held(account_id)
    if account.is_active == active:
        return
    account.is_active = active
    account.save(update_fields=["is_active"])
    _note("activated" if active else "deactivated", account, {}, (actor, by), now)


@operation
def set_provider_account(
    *,
    provider: str = Provider.ZARINPAL,
    credentials: Mapping[str, str],
    is_sandbox: bool = False,
    base_url: str = "",
    actor: Actor | None = None,
    now: datetime,
) -> UUID:
    """Make this the business's only account of a product in use; return its id.

    Earlier ones stay for the tries already made with them. Raises as `add_account` does.
    """
    before = list(
        ProviderAccount.objects.filter(provider=provider, is_active=True).order_by("priority")
    )
    account_id = add_account(
        provider=provider,
        credentials=credentials,
        is_sandbox=is_sandbox,
        base_url=base_url,
        actor=actor,
        now=now,
    )
    for earlier in before:
        set_account_active(account_id=earlier.id, active=False, actor=actor, now=now)
    if before:
        ProviderAccount.objects.filter(id=account_id).update(priority=before[0].priority)
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


def _held(account_id: UUID) -> ProviderAccount:
    account = ProviderAccount.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NotFound(_("There is no such account."))
    return account


def _checked(provider: str, credentials: Mapping[str, str]) -> dict[str, str]:
    try:
        product = product_of(provider)
    except KeyError as error:
        raise Problem(
            "unknown_provider",
            _("This provider is not known here."),
            fields={"provider": [_("Choose one of the list.")]},
        ) from error
    clean = {name: value.strip() for name, value in credentials.items() if value.strip()}
    if wrong := product.malformed(clean):
        raise Problem(
            "invalid_credentials",
            _("These credentials are not in the provider's format."),
            fields={f"credentials.{wrong}": [_("Check this value.")]},
        )
    return clean


def _check_mode(*, is_sandbox: bool) -> None:
    if not is_sandbox and business_by_id(active_business_id()).is_test:
        raise Problem(
            "test_business",
            _("A test copy takes no real money: connect a test account."),
            fields={"sandbox": [_("Choose the test account.")]},
        )


def _put(account: ProviderAccount, clean: dict[str, str]) -> None:
    business_id, product = active_business_id(), product_of(account.provider)
    account.credentials = seal(clean, business_id=business_id, account_id=account.id)
    account.families = list(product.families(clean))
    # The product's own first one, however the caller listed them: a later one may be a password.
    first = next(one.name for one in product.fields if one.name in clean)
    account.hint = clean[first][-_HINT_CHARS:]


def _decide(
    account: ProviderAccount, terms: AccountTerms, who: tuple[Actor | None, str], now: datetime
) -> None:
    _check_terms(terms)
    wanted = asdict(terms) | {"title": normalise(terms.title)[:_MAX_TITLE]}
    changed = {
        name: [getattr(account, name), value]
        for name, value in wanted.items()
        if getattr(account, name) != value
    }
    if not changed:
        return
    for name, value in wanted.items():
        setattr(account, name, value)
    account.save()
    _note("changed", account, changed, who, now)


def _check_terms(terms: AccountTerms) -> None:
    wrong = [
        name
        for name in ("daily_cap_rial", "min_rial", "max_rial")
        if (value := getattr(terms, name)) is not None and not 0 < value <= MAX_RIAL
    ]
    wrong += [
        name
        for name, well in (
            ("verify_minutes", 0 < (terms.verify_minutes or 1) <= _MAX_MINUTES),
            ("fee_bp", 0 <= terms.fee_bp <= _MAX_BP),
            ("fee_fixed_rial", 0 <= terms.fee_fixed_rial <= MAX_RIAL),
            ("fee_max_rial", 0 <= (terms.fee_max_rial or 0) <= MAX_RIAL),
            ("max_rial", (terms.max_rial or 1) >= (terms.min_rial or 1) or not terms.max_rial),
            ("priority", 0 <= terms.priority <= _MAX_BP),
            ("unverified", terms.unverified in {"", *UnverifiedPolicy.values}),
        )
        if not well
    ]
    if wrong:
        raise Problem(
            "invalid_account",
            _("These settings of an account do not fit together."),
            fields={name: [_("Check this value.")] for name in wrong},
        )


def _note(
    what: str,
    account: ProviderAccount,
    data: dict[str, Any],
    who: tuple[Actor | None, str],
    now: datetime,
) -> None:
    """Write the change down; never a credential."""
    actor, by = who
    told = {"provider": account.provider, **data, **({"by": by} if by else {})}
    record_audit(
        action=f"provider_account.{what}",
        subject=str(account.id),
        data=told,
        actor=actor,
        now=now,
    )
