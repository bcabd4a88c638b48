"""The pages of deposits, as tabs under their heading."""

from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import role_may
from dashboard.web.access import MANAGERS, BusinessRequest
from dashboard.web.parts import Choice


def deposit_tabs(request: BusinessRequest, current: str) -> list[Choice]:
    """Return the tabs a role sees."""
    pages = [
        ("deposits", _("Inbox"), True),
        ("deposit-identifiers", _("Identifiers"), True),
        ("statements", _("Statements"), role_may(request.role, MANAGERS)),
        ("bank-accounts", _("Bank accounts"), role_may(request.role, MANAGERS)),
    ]
    slug = request.business.slug
    return [
        Choice(
            value=name,
            label=label,
            chosen=name == current,
            href=reverse(f"dashboard:{name}", args=[slug]),
        )
        for name, label, seen in pages
        if seen
    ]
