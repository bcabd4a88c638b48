"""The owner says which services customers have without a price."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.money import MAX_RIAL
from core.tenancy import operation
from core.text import normalise
from loyalty.enums.benefits import BenefitKind
from loyalty.models import Benefit, Tier

_MOST_NAME: Final = 60
_MOST_EACH: Final = 1_000
_MOST_STOCK: Final = 1_000_000
_MOST_OPEN: Final = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBenefit:
    """A service, what one costs, from which tier on (None: all), and how often in a month.

    `stock` is how many there are from now on (None: without end).
    """

    name: str
    kind: BenefitKind
    unit_cost_rial: int
    tier_id: UUID | None = None
    most_each: int | None = None
    stock: int | None = None


@operation
def offer_benefit(*, new: NewBenefit, actor: Actor | None, now: datetime) -> Benefit:
    """Offer it from now on, or change the one of this name. Raises Problem `invalid_benefit`."""
    name = normalise(new.name)
    _check(new, name)
    held = Benefit.objects.select_for_update().filter(name=name).first()
    row = held or Benefit(name=name)
    if not (held and held.is_open) and Benefit.objects.filter(is_open=True).count() >= _MOST_OPEN:
        raise _wrong("name", _("At most 30 services are offered at a time."))
    row.kind, row.unit_cost_rial = BenefitKind(new.kind), new.unit_cost_rial
    row.tier_id, row.most_each = new.tier_id, new.most_each
    row.stock, row.is_open, row.changed_at = new.stock, True, now
    row.save()
    data = {"name": name, "kind": row.kind, "unit_cost_rial": new.unit_cost_rial} | (
        {} if new.stock is None else {"stock": new.stock}
    )
    record_audit(action="benefit.offered", subject=str(row.id), data=data, actor=actor, now=now)
    return row


@operation
def close_benefit(*, benefit_id: UUID, actor: Actor | None, now: datetime) -> Benefit:
    """Offer it no more; what was given stays. Raises NotFound."""
    row = Benefit.objects.select_for_update().filter(id=benefit_id).first()
    if row is None:
        raise NotFound(_("There is no such service."))
    row.is_open, row.changed_at = False, now
    row.save(update_fields=["is_open", "changed_at"])
    data = {"name": row.name}
    record_audit(action="benefit.closed", subject=str(row.id), data=data, actor=actor, now=now)
    return row


def _check(new: NewBenefit, name: str) -> None:
    if not 1 <= len(name) <= _MOST_NAME:
        raise _wrong("name", _("Give it a name of at most 60 letters."))
    if new.kind not in BenefitKind.values:
        raise _wrong("kind", _("This value is not one of the choices."))
    if not 0 <= new.unit_cost_rial <= MAX_RIAL:
        raise _wrong("unit_cost", _("Say what one costs you; nothing is 0."))
    _check_numbers(new)
    if new.tier_id is not None and not Tier.objects.filter(id=new.tier_id).exists():
        raise _wrong("tier_id", _("There is no such tier."))


def _check_numbers(new: NewBenefit) -> None:
    if new.most_each is not None and not 1 <= new.most_each <= _MOST_EACH:
        raise _wrong("most_each", _("Between 1 and 1,000 times a month, or empty."))
    if new.stock is not None and not 0 <= new.stock <= _MOST_STOCK:
        raise _wrong("stock", _("Between 0 and 1,000,000, or empty."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_benefit",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
