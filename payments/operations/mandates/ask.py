"""Asking a customer for permission to debit: intent first, then the wire, then the signing page."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.numbers import BadNumber, read_national_code
from core.spelling import number
from core.tenancy import acting_for, active_business_id
from core.text import normalise
from customers.operations import CustomerHint, find_or_create
from customers.queries.identities import parse_mobile
from payments.enums import check_move
from payments.enums.debits import MANDATE_MOVES, MandateState, Wage
from payments.models import BankLimit, Mandate
from payments.models.sealing import seal_of_mandate, unseal_of_mandate
from payments.models.tokens import new_public_token
from payments.operations.debits.line import DebitLine, Said, debit_line, keep
from payments.operations.mandates.banks import refresh_banks
from payments.operations.schedule import PREPARING
from payments.providers import debits_of
from payments.providers.contract import MandateOpened, MandateRequest, Outcome, Redirect
from payments.queries import accounts_for

# A signing page nobody finished is forgotten after this; the first looks are for lost returns.
SIGN_WITHIN: Final = timedelta(hours=1)
FIRST_LOOK: Final = timedelta(minutes=2)
_SOURCE: Final = "mandate"
_MAX_PURPOSE: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMandate:
    """What a business asks a customer for. `bank` is our three-digit code."""

    mobile: str
    bank: str
    max_debit_rial: int
    max_month_count: int
    expires_at: datetime
    max_day_count: int = 1
    max_day_rial: int | None = None
    max_month_rial: int | None = None
    max_total_rial: int | None = None
    name: str = ""
    national_code: str = field(default="", repr=False)
    purpose: str = ""
    wage: str = Wage.BUSINESS
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """A mandate and the way to its bank's signing page."""

    mandate_id: UUID
    public_token: str
    redirect: Redirect


@dataclass(frozen=True, slots=True)
class _Intent:
    mandate_id: UUID
    line: DebitLine
    request: MandateRequest


def request_mandate(*, business_id: UUID, asked: NewMandate, now: datetime) -> Signing:
    """Open a mandate at the provider and return the way to sign it; run outside any scope.

    Raises Problem `no_provider_account`, `unknown_bank`, `invalid_mandate`, `invalid_mobile`, or
    `provider_unavailable` when the provider could not be reached; nothing is in force then.
    """
    know_banks(business_id=business_id, now=now)
    with acting_for(business_id, durable=True):
        intent = _intend(asked, now)
    opened = intent.line.adapter.create_mandate(intent.line.account, intent.request)
    keep([_said(intent, opened)], now)
    with acting_for(business_id, durable=True):
        signing = _opened(intent, opened, now)
    if signing is None:
        raise _unavailable()
    return signing


def know_banks(*, business_id: UUID, now: datetime) -> None:
    """Ask those providers for their banks that were never asked; run outside any scope."""
    with acting_for(business_id):
        known = set(BankLimit.objects.values_list("account_id", flat=True).distinct())
        unasked = [row.id for row in accounts_for("debits") if row.id not in known]
    for account_id in unasked:
        refresh_banks(business_id=business_id, account_id=account_id, now=now)


def locked_mandate(mandate_id: UUID) -> Mandate:
    """Return a mandate, its row locked. Raises NotFound."""
    rows = Mandate.objects.select_for_update(of=("self",)).select_related("account")
    mandate = rows.filter(id=mandate_id).first()
    if mandate is None:
        raise NotFound(_("There is no such mandate."))
    return mandate


def move_mandate(mandate: Mandate, state: MandateState, now: datetime, *, reason: str = "") -> None:
    """Write a mandate's next state and free its lease; an end has its time and its reason."""
    check_move(MANDATE_MOVES, mandate.state, state)
    mandate.state = state
    mandate.leased_until = None
    if not MANDATE_MOVES[state]:
        mandate.ended_at = now
        mandate.end_reason = reason
    mandate.save()


def _intend(asked: NewMandate, now: datetime) -> _Intent:
    limit = _bank(asked.bank)
    can = debits_of(limit.account.provider).debits
    _check(asked, can.min_rial, now + can.min_expiry, now)
    national_code = _national_code(asked.national_code)
    found = find_or_create(
        customer=CustomerHint(mobile=asked.mobile, name=asked.name or None),
        source=_SOURCE,
        now=now,
    )
    mandate = _draft(asked, limit, found.customer_id, now)
    mandate.national_code = seal_of_mandate(
        national_code,
        column="national_code",
        business_id=active_business_id(),
        mandate_id=mandate.id,
    )
    mandate.save(force_insert=True)
    return _Intent(mandate.id, debit_line(limit.account), _request(mandate))


def _draft(asked: NewMandate, limit: BankLimit, customer_id: UUID, now: datetime) -> Mandate:
    business_id = active_business_id()
    return Mandate(
        customer_id=customer_id,
        account=limit.account,
        mobile=parse_mobile(asked.mobile) or "",
        name=normalise(asked.name),
        bank=limit.bank,
        bank_code=limit.code,
        bank_name=limit.name,
        purpose=normalise(asked.purpose)[:_MAX_PURPOSE],
        max_debit_rial=asked.max_debit_rial,
        max_day_count=asked.max_day_count,
        max_month_count=asked.max_month_count,
        max_day_rial=asked.max_day_rial,
        max_month_rial=asked.max_month_rial,
        max_total_rial=asked.max_total_rial,
        wage=Wage(asked.wage),
        starts_at=now,
        expires_at=asked.expires_at,
        public_token=new_public_token(business_id),
        callback_token=new_public_token(business_id),
        return_url=asked.return_url,
        requested_at=now,
        next_check_at=now + PREPARING,
    )


def _bank(bank: str) -> BankLimit:
    accounts = accounts_for("debits")
    if not accounts:
        raise Problem(
            "no_provider_account",
            _("First connect a provider of direct debit in the settings."),
            status=HTTPStatus.CONFLICT,
        )
    rows = BankLimit.objects.select_related("account").filter(
        account__in=accounts, bank=bank, until=None, is_healthy=True
    )
    by_account = {row.account_id: row for row in rows}
    for account in accounts:
        if account.id in by_account:
            return by_account[account.id]
    raise _refused("unknown_bank", "bank", _("One cannot sign at this bank now."))


def _check(asked: NewMandate, least: int, earliest: datetime, now: datetime) -> None:
    if asked.max_debit_rial < least:
        words = _("The provider debits no less than %(least)s rial.")
        raise _refused("invalid_mandate", "max_debit_rial", words % {"least": number(least)})
    if asked.expires_at < earliest:
        days = (earliest - now).days
        words = _("The mandate must last %(days)s days or more.")
        raise _refused("invalid_mandate", "expires_at", words % {"days": days})
    if min(asked.max_day_count, asked.max_month_count) < 1:
        raise _refused("invalid_mandate", "max_day_count", _("Allow one debit or more."))


def _national_code(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return read_national_code(typed)
    except BadNumber as error:
        raise _refused(
            "invalid_mandate", "national_code", _("Check this national code.")
        ) from error


def _refused(code: str, field_name: str, words: object) -> Problem:
    return Problem(
        code,
        str(words),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field_name: [str(words)]},
    )


def _request(mandate: Mandate) -> MandateRequest:
    return MandateRequest(
        reference=str(mandate.id),
        mobile=mandate.mobile,
        bank_code=mandate.bank_code,
        max_debit_rial=mandate.max_debit_rial,
        max_day_count=mandate.max_day_count,
        max_month_count=mandate.max_month_count,
        expires_at=mandate.expires_at,
        callback_url=settings.BASE_URL + reverse("payments:signed", args=[mandate.callback_token]),
        national_code=unseal_of_mandate(
            mandate.national_code,
            column="national_code",
            business_id=mandate.business_id,
            mandate_id=mandate.id,
        ),
        name=mandate.name,
        wage_by_customer=mandate.wage == Wage.CUSTOMER,
    )


def _said(intent: _Intent, opened: MandateOpened) -> Said:
    return Said(
        line=intent.line,
        about_id=intent.mandate_id,
        operation="create_mandate",
        outcome=opened.outcome,
        evidence=opened.evidence,
    )


def _opened(intent: _Intent, opened: MandateOpened, now: datetime) -> Signing | None:
    mandate = locked_mandate(intent.mandate_id)
    mandate.last_outcome = opened.outcome
    mandate.last_code = opened.evidence.code
    mandate.last_message = opened.evidence.message
    if mandate.state != MandateState.DRAFT:
        # Given up meanwhile: nobody may be sent to a signing page we no longer watch.
        mandate.save()
        return None
    if opened.outcome is not Outcome.OK:
        mandate.next_check_at = None
        move_mandate(mandate, MandateState.FAILED, now, reason="not_opened")
        return None
    mandate.authority = opened.authority
    mandate.next_check_at = now + FIRST_LOOK
    move_mandate(mandate, MandateState.AWAITING_SIGNATURE, now)
    redirect = intent.line.adapter.mandate_redirect(
        intent.line.account, opened.authority, mandate.bank_code
    )
    return Signing(mandate.id, mandate.public_token, redirect)


def _unavailable() -> Problem:
    return Problem(
        "provider_unavailable",
        _("The provider could not be reached; no permission was given. Please try again."),
        status=HTTPStatus.BAD_GATEWAY,
    )
