"""Opening a question: an answer that still holds, one that is being asked, or a new one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor
from businesses.queries import business_by_id
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import active_business_id
from core.text import normalise
from payments.enums.inquiries import InquiryBasis, InquiryKind, InquiryPurpose, InquiryState
from payments.models import (
    Deposit,
    Inquiry,
    InquiryPolicy,
    Mandate,
    ProviderAccount,
    Transfer,
)
from payments.operations.inquiries.facts import Facts, checked_facts, hint_of, request_hash
from payments.operations.inquiries.learned import match_again
from payments.operations.inquiries.policy import held_rules
from payments.operations.inquiries.wire import answers
from payments.queries import accounts_for
from payments.queries.inquiries import billed_today

# Longer than asking every account a business may have.
LEASE: Final = timedelta(minutes=3)
_AGAIN_SECONDS: Final = "3"
_MAX_NOTE: Final = 500
_ABOUT: Final[Mapping[InquiryPurpose, type[Transfer | Deposit | Mandate]]] = {
    InquiryPurpose.REFUND_DESTINATION: Transfer,
    InquiryPurpose.PAYOUT: Transfer,
    InquiryPurpose.DEPOSIT_SOURCE: Deposit,
    InquiryPurpose.MANDATE: Mandate,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A question with who asks it, why, and on what ground.

    `expected_name` is compared with the owner found and not kept. `anew` asks although an earlier
    answer still holds. `about_id` is the refund, deposit or mandate it is for.
    """

    kind: str
    facts: Facts
    purpose: str
    basis: str
    by: str
    note: str = ""
    about_id: UUID | None = None
    expected_name: str = field(default="", repr=False)
    anew: bool = False
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A question's row; `accounts` may answer it, in this order (none: it is answered)."""

    row: Inquiry
    accounts: tuple[UUID, ...]
    facts: Facts


def open_inquiry(asking: Asking, now: datetime) -> Opened:
    """Write a question down before anybody is asked; the same one is asked once at a time.

    Raises Problem `invalid_inquiry`, `inquiry_note_missing`, `inquiry_in_progress`,
    `no_inquiry_account`, `inquiry_limit_reached`, and NotFound for what it is said to be for.
    """
    row = _row(asking, now)
    _check_about(InquiryPurpose(row.purpose), asking.about_id)
    facts = checked_facts(InquiryKind(row.kind), asking.facts)
    row.request_hash = request_hash(InquiryKind(row.kind), facts)
    row.hint = hint_of(facts)
    rules = held_rules()
    earlier = None if asking.anew else _known(row, now)
    if earlier is not None:
        _use_again(row, earlier, asking.expected_name)
        return Opened(row, (), facts)
    _end_lost(row, now)
    offering = [
        one for one in accounts_for("inquiries") if answers(one, InquiryKind(row.kind), facts)
    ]
    _check(rules, offering, now)
    row.state, row.leased_until = InquiryState.ASKING, now + LEASE
    row.save(force_insert=True)
    return Opened(row, tuple(one.id for one in offering), facts)


def is_used_up(rules: InquiryPolicy, now: datetime) -> bool:
    """Tell whether no more billed calls may be made today; the rules' lock makes it exact."""
    zone = business_by_id(active_business_id()).timezone
    return billed_today(zone, now) >= rules.daily_limit


def _row(asking: Asking, now: datetime) -> Inquiry:
    note = normalise(asking.note)[:_MAX_NOTE]
    purpose = InquiryPurpose(asking.purpose)
    if purpose is InquiryPurpose.STAFF and not note:
        raise Problem(
            "inquiry_note_missing",
            _("Say why you ask about this person."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"note": [_("Say why.")]},
        )
    return Inquiry(
        id=new_id(),
        business_id=active_business_id(),
        kind=InquiryKind(asking.kind),
        purpose=purpose,
        basis=InquiryBasis(asking.basis),
        note=note,
        about_id=asking.about_id,
        asked_at=now,
        asked_by=asking.by,
    )


def _check_about(purpose: InquiryPurpose, about_id: UUID | None) -> None:
    if about_id is None:
        return
    model = _ABOUT.get(purpose)
    if model is None or not model.objects.filter(id=about_id).exists():
        raise NotFound(_("What you ask this for is not there."))


def _known(row: Inquiry, now: datetime) -> Inquiry | None:
    rows = Inquiry.objects.filter(
        kind=row.kind,
        request_hash=row.request_hash,
        answered_by=None,
        valid_until__gt=now,
        checked_at__lte=now,
    )
    return rows.order_by("-checked_at").first()


def _use_again(row: Inquiry, earlier: Inquiry, expected_name: str) -> None:
    row.state, row.answered_by = InquiryState.ANSWERED, earlier
    for name in ("account_id", "outcome", "reason", "usable", "checked_at", "valid_until"):
        setattr(row, name, getattr(earlier, name))
    match_again(row, earlier, expected_name)
    row.save(force_insert=True)


def _end_lost(row: Inquiry, now: datetime) -> None:
    """Refuse to ask the same at the same time, unless whoever asks it is gone."""
    live = Inquiry.objects.filter(
        kind=row.kind, request_hash=row.request_hash, state=InquiryState.ASKING
    ).first()
    if live is None:
        return
    if live.leased_until is not None and live.leased_until > now:
        raise Problem(
            "inquiry_in_progress",
            _("The same is being asked right now; look again in a moment."),
            status=HTTPStatus.CONFLICT,
            headers={"Retry-After": _AGAIN_SECONDS},
            extra={"inquiry_id": str(live.id)},
        )
    end_unanswered(live, "lost")


def end_unanswered(row: Inquiry, reason: str) -> None:
    """End a question nobody answered."""
    row.state, row.leased_until = InquiryState.UNANSWERED, None
    row.reason = row.reason or reason
    row.save()


def _check(rules: InquiryPolicy, offering: Iterable[ProviderAccount], now: datetime) -> None:
    if not list(offering):
        raise Problem(
            "no_inquiry_account",
            _("No connected provider answers this with what you gave; one may need a birth date."),
            status=HTTPStatus.CONFLICT,
        )
    if is_used_up(rules, now):
        raise Problem(
            "inquiry_limit_reached",
            _("Today's limit of inquiries is reached; raise it, or wait until tomorrow."),
            status=HTTPStatus.TOO_MANY_REQUESTS,
            extra={"daily_limit": rules.daily_limit},
        )
