"""Shared shapes of the checks."""

from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

Found = tuple[str, list[UUID]]


def sums_differ(
    owners: "QuerySet[Any]", field: str, parts: "QuerySet[Any]", link: str
) -> list[UUID]:
    """Return the owners whose `field` is not the sum of their parts' amounts."""
    summed = (
        parts.filter(**{link: OuterRef("id")})
        .values(link)
        .annotate(n=Sum("amount_rial"))
        .values("n")
    )
    told = owners.annotate(told=Coalesce(Subquery(summed), 0))
    return list(told.exclude(told=F(field)).values_list("id", flat=True))
