"""Switching parts of the product off and on; nothing they wrote is deleted (capability C090)."""

from collections.abc import Collection
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.models import Business
from businesses.operations.trail import Actor, record_audit
from businesses.queries.modules import why_on
from businesses.queries.tenants import forget_business
from core.errors import Problem
from core.tenancy import active_business_id, operation


@operation
def switch_modules(*, off: Collection[str], actor: Actor | None, now: datetime) -> None:
    """Leave exactly these modules off. Raises Problem `unknown_module`, `module_in_use` (409)."""
    unknown = sorted(set(off) - set(Module.values))
    if unknown:
        raise Problem("unknown_module", _("There is no such part of the product."), about="modules")
    business = Business.objects.select_for_update().get(id=active_business_id())
    for name in sorted(set(off) - set(business.modules_off)):
        _check_unused(Module(name), now)
    wanted = sorted(set(off))
    if wanted == business.modules_off:
        return
    Business.objects.filter(id=business.id).update(modules_off=wanted)
    data = {"off": wanted, "before": business.modules_off}
    record_audit(action="modules.switched", subject="", data=data, actor=actor, now=now)
    transaction.on_commit(forget_business)


def _check_unused(module: Module, now: datetime) -> None:
    reason = why_on(module, now)
    if reason is not None:
        raise Problem(
            "module_in_use",
            reason,
            status=HTTPStatus.CONFLICT,
            fields={"modules": [reason]},
            extra={"module": module.value},
        )
