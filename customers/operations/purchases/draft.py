"""From what the caller sent to rows ready to write, or a refusal: no database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from core.errors import Problem
from core.ids import new_id
from customers.enums import Channel, TenderMethod
from customers.operations.people.payer import Payer, clean_code, payer_of
from customers.operations.purchases.holds import Held, held_by
from customers.operations.purchases.lines import Row, line_rows, tender_rows, total_of
from customers.operations.purchases.values import NewPurchase

IMPORT_SOURCE: Final = "import"
CLOCK_SKEW: Final = timedelta(minutes=5)
# Older than any record worth importing; a Jalali year read as Gregorian also falls below it.
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_CHANNELS: Final = frozenset(Channel.values)
# Points earn no points; what is bought on credit earns when its instalments are paid.
_EARNS_NOTHING: Final = frozenset({TenderMethod.POINTS, TenderMethod.CREDIT})


@dataclass(frozen=True, slots=True)
class Setting:
    """What checking needs to know of the business and the moment."""

    identity_key: bytes
    zone: ZoneInfo
    branches: Mapping[str, UUID]
    employees: Mapping[str, UUID]
    source: str
    now: datetime

    @property
    def least(self) -> int:
        """Return the smallest amount: history may hold purchases of nothing, a till may not."""
        return 0 if self.source == IMPORT_SOURCE else 1


@dataclass(slots=True)
class Draft:
    """A checked purchase in normal spelling, with its rows."""

    id: UUID
    channel: str
    external_id: str
    occurred_at: datetime
    local_date: date
    branch_id: UUID | None
    employee_id: UUID | None
    payer: Payer | None
    total_rial: int
    eligible_rial: int
    payment_id: UUID | None
    fingerprint: bytes
    lines: list[Row]
    tenders: list[Row]
    holds: tuple[Held, ...] = ()
    referral_code: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what a purchase is unique by."""
        return self.channel, self.external_id


def draft_of(new: NewPurchase, setting: Setting) -> Draft:
    """Check and normalise one purchase. Raises Problem; see the codes in README.md."""
    external_id = clean_code(new.external_id, "external_id")
    _check_key(external_id, new.channel)
    occurred_at = _moment(new.occurred_at, setting.now)
    payer = payer_of(new.customer, setting.identity_key)
    lines = line_rows(new.lines)
    tenders = tender_rows(new.tenders, least=setting.least)
    # What was held for it, a coupon, may leave nothing to pay.
    total = total_of(lines, tenders, least=0 if new.holds else setting.least)
    unearning = sum(t["amount_rial"] for t in tenders if t["method"] in _EARNS_NOTHING)
    draft = Draft(
        id=new_id(),
        channel=str(new.channel),
        external_id=external_id,
        occurred_at=occurred_at,
        local_date=occurred_at.astimezone(setting.zone).date(),
        branch_id=_known(new.branch_code, setting.branches, "branch"),
        employee_id=_known(new.employee_code, setting.employees, "employee"),
        payer=payer,
        total_rial=total,
        eligible_rial=total - unearning,
        payment_id=new.payment_id,
        fingerprint=b"",
        lines=lines,
        tenders=tenders,
        holds=held_by(tenders, new.holds),
        referral_code=clean_code(new.referral_code, "referral_code").upper(),
    )
    draft.fingerprint = _fingerprint(draft, stated=new.occurred_at is not None)
    return draft


def _check_key(external_id: str, channel: str) -> None:
    if not external_id:
        raise Problem(
            "external_id_missing",
            _("Give the purchase your own number (external_id)."),
            fields={"external_id": [_("This field is required.")]},
        )
    if channel not in _CHANNELS:
        raise Problem(
            "unknown_channel",
            _("This channel is not known."),
            fields={"channel": [_("This value is not one of the choices.")]},
        )


def _moment(occurred_at: datetime | None, now: datetime) -> datetime:
    if occurred_at is None:
        return now
    if occurred_at.tzinfo is None:
        raise _untimely("occurred_at_without_zone", _("The time must carry its offset."))
    if occurred_at > now + CLOCK_SKEW:
        raise _untimely("occurred_at_in_future", _("The time of this purchase has not come yet."))
    if occurred_at < EARLIEST:
        raise _untimely(
            "occurred_at_too_early",
            _("This purchase is dated before 1990; is a Jalali year sent as a Gregorian one?"),
        )
    return occurred_at


def _untimely(code: str, detail: Any) -> Problem:
    return Problem(code, detail, fields={"occurred_at": [detail]})


def _known(code: str | None, ids: Mapping[str, UUID], field: str) -> UUID | None:
    clean = clean_code(code, field)
    if not clean:
        return None
    if clean not in ids:
        sentence = (
            _("No branch has this code.") if field == "branch" else _("No employee has this code.")
        )
        raise Problem(f"unknown_{field}", sentence, fields={field: [sentence]})
    return ids[clean]


_LINE: Final = (
    "sku",
    "name",
    "category",
    "quantity",
    "unit_price_rial",
    "discount_rial",
    "total_rial",
    "attributes",
)
_TENDER: Final = ("method", "amount_rial", "reference", "masked_pan")


def _fingerprint(draft: Draft, *, stated: bool) -> bytes:
    """Return a digest of everything the caller said, in normal spelling.

    An unstated time is left out, so that a repeat a second later is still a repeat.
    """
    payer = draft.payer
    said: list[Any] = [
        draft.occurred_at.astimezone(UTC) if stated else None,
        draft.branch_id,
        draft.employee_id,
        draft.payment_id,
        [identity.digest.hex() for identity in payer.identities] if payer else None,
        payer.name if payer else None,
        [[line[name] for name in _LINE] for line in draft.lines],
        [[tender[name] for name in _TENDER] for tender in draft.tenders],
    ]
    if draft.holds:
        said.append([held.id for held in draft.holds])
    if draft.referral_code:
        said.append(draft.referral_code)
    return blake2b(to_json(said), digest_size=16).digest()
