"""Which days are the business's weekend (rule R38)."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from businesses.models import Business
from businesses.operations.trail import Actor, record_audit
from businesses.queries.tenants import forget_business
from core.errors import Problem
from core.tenancy import active_business_id, operation

_MOST: Final = 3
_WEEK: Final = range(7)


@operation
def choose_weekend(*, days: Collection[int], actor: Actor | None, now: datetime) -> None:
    """Set the days of the weekend, counted from Saturday (0): at most three, perhaps none.

    Raises Problem `invalid_weekend`.
    """
    chosen = sorted(set(days))
    if len(chosen) > _MOST or not set(chosen) <= set(_WEEK):
        sentence = _("A weekend has at most three days of the week.")
        raise Problem("invalid_weekend", sentence, fields={"weekend": [sentence]})
    Business.objects.filter(id=active_business_id()).update(weekend=chosen)
    record_audit(
        action="weekend.chosen", subject="business", data={"days": chosen}, actor=actor, now=now
    )
    transaction.on_commit(forget_business)
