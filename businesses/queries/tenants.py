"""Businesses, branches and employees."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from businesses.enums import Module
from businesses.models import Branch, Business, Employee
from core.calendar import FRIDAY
from core.tenancy import active_business_id

# Names and zones hardly ever change; a minute of staleness costs nothing and saves a query a sale.
_FRESH_S: Final = 60


@dataclass(frozen=True, slots=True)
class BusinessInfo:
    """What most code needs to know of a business."""

    id: UUID
    name: str
    slug: str
    vertical: str
    timezone: ZoneInfo
    is_test: bool
    phone: str = ""
    enamad_url: str = ""
    modules_off: frozenset[str] = frozenset()
    weekend: frozenset[int] = frozenset({FRIDAY})

    def has(self, module: Module) -> bool:
        """Tell whether a part of the product is switched on."""
        return module not in self.modules_off


def business_by_id(business_id: UUID) -> BusinessInfo:
    """Return a business, up to a minute old; raises Business.DoesNotExist."""
    return _remembered(business_id, int(time.monotonic() // _FRESH_S))


def current_business() -> BusinessInfo:
    """Return the active business as it stands now."""
    return _info(Business.objects.get(id=active_business_id()))


def forget_business() -> None:
    """Let this process see a change of a business at once; the others do within a minute."""
    _remembered.cache_clear()


def test_twin_id(business_id: UUID) -> UUID | None:
    """Return the test copy of a business, or None for a test copy itself."""
    return Business.objects.filter(test_of_id=business_id).values_list("id", flat=True).first()


def business_by_slug(slug: str) -> BusinessInfo | None:
    """Return an active business by its address, or None."""
    row = Business.objects.filter(slug=slug, is_active=True).first()
    return _info(row) if row else None


def identity_key(business_id: UUID) -> bytes:
    """Return the secret with which this business's payer identities are hashed."""
    return bytes(Business.objects.values_list("identity_key", flat=True).get(id=business_id))


def active_business_ids() -> list[UUID]:
    """Return the ids of all active businesses, oldest first (for nightly jobs)."""
    rows = Business.objects.filter(is_active=True).order_by("id")
    return list(rows.values_list("id", flat=True))


def branch_ids_by_code(codes: Iterable[str]) -> dict[str, UUID]:
    """Return {code: id} of the active business's branches among `codes`."""
    return dict(Branch.objects.filter(code__in=set(codes)).values_list("code", "id"))


def employee_ids_by_code(codes: Iterable[str]) -> dict[str, UUID]:
    """Return {code: id} of the active business's employees among `codes`."""
    return dict(Employee.objects.filter(code__in=set(codes)).values_list("code", "id"))


def employee_by_code(code: str) -> Employee | None:
    """Return an employee who works here by their code."""
    return Employee.objects.filter(code=code, is_active=True).first()


def branches() -> QuerySet[Branch]:
    """Return the active business's branches by name."""
    return Branch.objects.order_by("name")


def employees() -> QuerySet[Employee]:
    """Return the active business's employees by name, with their branch."""
    return Employee.objects.select_related("branch").order_by("name")


@lru_cache(maxsize=4096)
def _remembered(business_id: UUID, _minute: int) -> BusinessInfo:
    return _info(Business.objects.get(id=business_id))


def _info(row: Business) -> BusinessInfo:
    return BusinessInfo(
        id=row.id,
        name=row.name,
        slug=row.slug,
        vertical=row.vertical,
        timezone=ZoneInfo(row.timezone),
        is_test=row.test_of_id is not None,
        phone=row.phone,
        enamad_url=row.enamad_url,
        modules_off=frozenset(row.modules_off),
        weekend=frozenset(row.weekend),
    )
