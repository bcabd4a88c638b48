"""What no text that stays for good may say, and who looked at a profile."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import part_of_operation
from customers.enums import ViewPlace
from customers.models import ProfileView
from customers.queries.naming import names_them


def demand_nameless(text: str, customer_id: UUID) -> None:
    """Refuse a text that is sealed for good and names the person it is about (rule R59).

    Raises Problem `names_the_person`.
    """
    if names_them(text, customer_id):
        detail = _("This text stays for good: write it without their name, mobile or e-mail.")
        raise Problem("names_the_person", detail, fields={"reason": [detail]})


@part_of_operation
def note_view(
    *, customer_id: UUID, place: ViewPlace, viewer_id: UUID, viewer_name: str, now: datetime
) -> None:
    """Write down that somebody looked at a customer's particulars. One statement."""
    ProfileView.objects.create(
        customer_id=customer_id,
        at=now,
        place=place,
        viewer_id=viewer_id,
        viewer_name=viewer_name,
    )
