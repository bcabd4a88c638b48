"""What the limit of credit asks: what the newest night foresees customers to buy (C029)."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery

from segmentation.models import CustomerOutlook


class _Worth:
    """What payments asks (`payments.queries.worth.WorthReader`)."""

    def of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Return what customers are expected to buy in a year. One query."""
        rows = CustomerOutlook.objects.filter(id__in=list(customer_ids))
        return dict(rows.values_list("id", "worth_rial"))

    def column(self, customer: str) -> Subquery:
        """Return the same for a row whose column names its customer."""
        rows = CustomerOutlook.objects.filter(id=OuterRef(customer))
        return Subquery(rows.values("worth_rial"))


WORTH: Final = _Worth()
