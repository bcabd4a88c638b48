"""Two profiles with a paid membership each are not joined: somebody ends one of them first."""

from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from loyalty.enums import LIVE_MEMBERSHIP
from loyalty.models import PaidMembership


def refuse_two_memberships(survivor_id: UUID, merged_id: UUID) -> None:
    """Raise Problem `two_memberships` (409) when both pay for a membership."""
    rows = PaidMembership.objects.filter(state__in=LIVE_MEMBERSHIP)
    if rows.filter(customer_id__in=(survivor_id, merged_id)).count() > 1:
        raise Problem(
            "two_memberships",
            _("Both have a paid membership; end one of them first."),
            status=HTTPStatus.CONFLICT,
        )
