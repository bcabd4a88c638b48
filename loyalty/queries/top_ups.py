"""Reading what was put on gift cards after they were sold."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from loyalty.models import GiftCardTopUp


def top_up_by_id(top_up_id: UUID) -> GiftCardTopUp:
    """Return a top-up with its card. Raises NotFound."""
    found = top_up_rows().filter(id=top_up_id).first()
    if found is None:
        raise NotFound(_("There is no such top-up."))
    return found


def top_up_rows() -> QuerySet[GiftCardTopUp]:
    """Return all top-ups with their cards."""
    return GiftCardTopUp.objects.select_related("card")


def top_ups_of(issue_id: UUID) -> QuerySet[GiftCardTopUp]:
    """Return the top-ups of an issue's cards, newest first."""
    return top_up_rows().filter(card__issue=issue_id).order_by("-at", "-id")
