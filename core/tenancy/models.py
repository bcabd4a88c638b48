"""Tenant tables: reads fail closed, writes refuse another business."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models

from core.ids import new_id
from core.tenancy.scope import (
    WrongBusiness,
    active_business_id,
    business_in_scope,
    reads_across,
)

M = TypeVar("M", bound="TenantModel")


class TenantQuerySet(models.QuerySet[M]):
    """A queryset whose bulk writes check the business too."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:  # noqa: ANN401
        """Insert rows after stamping or checking each one's business."""
        rows = list(objs)
        for row in rows:
            row.claim_for_active_business()
        return super().bulk_create(rows, *args, **kwargs)


class TenantManager(models.Manager[M]):
    """Shows only the active business's rows; raises NoActiveBusiness without a scope."""

    def get_queryset(self) -> TenantQuerySet[M]:
        """Return rows of the active business, or all visible ones inside across_businesses."""
        rows: TenantQuerySet[M] = TenantQuerySet(self.model, using=self._db)
        if business_in_scope() is None and reads_across():
            return rows
        return rows.filter(business_id=active_business_id())


class TenantModel(models.Model):
    """A row that belongs to one business and is invisible to every other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey(
        "businesses.Business",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
    )
    business_id: UUID

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Write the row after stamping or checking its business."""
        self.claim_for_active_business()
        super().save(*args, **kwargs)

    def claim_for_active_business(self) -> None:
        """Stamp the active business on a new row; refuse a row of another business."""
        business_id = active_business_id()
        if self.business_id is None:
            self.business_id = business_id
        if self.business_id != business_id:
            raise WrongBusiness(f"row of {self.business_id} in scope of {business_id}")
