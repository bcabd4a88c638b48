"""Taking back what was given on the spot by mistake."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from loyalty.enums.goodwill import GoodwillKind
from loyalty.models import CouponPool, Goodwill
from loyalty.operations.benefits import take_benefit_back
from loyalty.operations.gift_cards.single import void_card
from loyalty.queries.goodwill import goodwill_by_id
from loyalty.queries.goodwill_codes import was_used


@operation
def take_goodwill_back(
    *, goodwill_id: UUID, actor: Actor | None, by: str, now: datetime
) -> Goodwill:
    """Take a coupon, card or service back: nobody can use it any more. Twice is once.

    The giver's budget stays used. Raises NotFound, Problem `goodwill_points`, `goodwill_used`
    (409).
    """
    found = goodwill_by_id(goodwill_id)
    if found is None:
        raise NotFound(_("This was not given."))
    if found.kind == GoodwillKind.POINTS:
        raise _refused("goodwill_points", _("Points are taken off again by a correction."))
    _lock_thing(found)
    row = Goodwill.objects.select_for_update(of=("self",)).get(id=found.id)
    if row.taken_back_at is not None:
        return found
    if row.coupon_id is not None and was_used(row):
        raise _refused("goodwill_used", _("It was used already."))
    _end(row, actor, by, now)
    row.taken_back_at, row.taken_back_by = now, by
    row.save(update_fields=["taken_back_at", "taken_back_by"])
    data = {"kind": row.kind, "worth_rial": row.worth_rial}
    record_audit(action="goodwill.taken_back", subject=str(row.id), data=data, actor=actor, now=now)
    return goodwill_by_id(row.id) or row


def _lock_thing(row: Goodwill) -> None:
    """Lock the pool as a sale does that spends the coupon: one of the two waits."""
    if row.coupon is not None:
        CouponPool.objects.select_for_update().get(id=row.coupon.pool_id)


def _end(row: Goodwill, actor: Actor | None, by: str, now: datetime) -> None:
    if row.gift_card_id is not None:
        void_card(card_id=row.gift_card_id, now=now)
    elif row.benefit_given_id is not None:
        take_benefit_back(given_id=row.benefit_given_id, actor=actor, by=by, now=now)


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)
