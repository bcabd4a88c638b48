"""Tenant tables: reads fail closed, writes refuse another business."""

from collections.abc import Iterable, Iterator, Mapping
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


def _demand_scope() -> None:
    if not reads_across():
        active_business_id()


class TenantQuerySet(models.QuerySet[M]):
    """A queryset that needs its scope when it runs, not only when it was built.

    A streamed answer or an `on_commit` hook runs after the scope; the database would then show
    nothing and the empty answer would look like the truth.
    """

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            _demand_scope()
        super()._fetch_all()

    def _iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        _demand_scope()
        yield from super()._iterator(*args, **kwargs)  # type: ignore[misc]  # not in the stubs

    def _raw_delete(self, using: str | None) -> int:
        _demand_scope()
        return super()._raw_delete(using)

    def _update(self, values: Any) -> int:
        _demand_scope()
        updated: int = super()._update(values)  # type: ignore[misc]  # not in the stubs
        return updated

    def count(self) -> int:
        _demand_scope()
        return super().count()

    def exists(self) -> bool:
        _demand_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        _demand_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **values: Any) -> int:
        _demand_scope()
        return super().update(**values)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """Insert rows after stamping or checking each one's business."""
        rows = list(objs)
        for row in rows:
            row.claim_for_active_business()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        """Update rows after checking each one's business."""
        rows = list(objs)
        for row in rows:
            row.claim_for_active_business()
        return super().bulk_update(rows, *args, **kwargs)


class TenantManager(models.Manager[M]):
    """Shows only the active business's rows; raises NoActiveBusiness without a scope."""

    def get_queryset(self) -> TenantQuerySet[M]:
        """Return rows of the active business, or all visible ones inside across_businesses."""
        rows: TenantQuerySet[M] = TenantQuerySet(self.model, using=self._db)
        if business_in_scope() is None and reads_across():
            return rows
        return rows.filter(business_id=active_business_id())


class TenantModel(models.Model):
    """A row that belongs to one business and is invisible to every other.

    `sealed` names its encrypted columns, each with what its values are about, written with the
    row's columns in braces: so that they can be sealed again with a new key.
    """

    sealed: ClassVar[Mapping[str, str]] = {}

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
        # Following a reference and refreshing a row are closed like any other reading.
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row after stamping or checking its business."""
        self.claim_for_active_business()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row after checking its business."""
        self.claim_for_active_business()
        return super().delete(*args, **kwargs)

    def claim_for_active_business(self) -> None:
        """Stamp the active business on a new row; refuse a row of another business."""
        business_id = active_business_id()
        stamped: UUID | None = self.business_id
        if stamped is None:
            self.business_id = business_id
        elif stamped != business_id:
            raise WrongBusiness(f"row of {stamped} in scope of {business_id}")
