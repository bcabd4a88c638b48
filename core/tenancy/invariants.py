"""What must always hold, asked of every app and every business.

An app contributes `queries/invariants.py` with `broken(now) -> list[str]`, run once per business
inside its scope, and may add `broken_anywhere(now) -> list[str]`, run once outside any business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, transaction

from core.tenancy.audit import faults, tenant_models
from core.tenancy.scope import acting_for


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken promise; `business_id` is None when it concerns the whole installation."""

    app: str
    business_id: UUID | None
    what: str


def broken_promises(now: datetime) -> list[Broken]:
    """Return everything that does not hold right now."""
    found = [Broken("core", None, fault) for fault in faults()]
    modules = dict(_contributions())
    for app, module in modules.items():
        anywhere = getattr(module, "broken_anywhere", None)
        found += [Broken(app, None, what) for what in anywhere(now)] if anywhere else []
    for business_id in business_ids():
        found += _broken_in(business_id, modules, now)
    return found


def business_ids() -> list[UUID]:
    """Return every business there is, oldest first."""
    business = tenant_models()[0]._meta.get_field("business").related_model
    return list(business._default_manager.order_by("id").values_list("id", flat=True))


def _broken_in(business_id: UUID, modules: dict[str, ModuleType], now: datetime) -> list[Broken]:
    with acting_for(business_id):
        return [
            Broken(app, business_id, what)
            for app, module in modules.items()
            for what in _asked(module, now)
        ]


def _asked(module: ModuleType, now: datetime) -> list[str]:
    """Ask one app; a question the database refuses is told like a broken promise."""
    try:
        with transaction.atomic():
            return list(module.broken(now))
    except DatabaseError as error:
        return [f"could not be checked: {str(error).strip()}"]


def _contributions() -> Iterator[tuple[str, ModuleType]]:
    for config in apps.get_app_configs():
        name = f"{config.name}.queries.invariants"
        if _exists(name):
            yield config.name, import_module(name)


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the app has no package of queries
        return False
