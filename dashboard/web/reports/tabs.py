"""The money reports, as tabs under their heading."""

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.web.access import BusinessRequest
from dashboard.web.parts import Choice


def report_tabs(request: BusinessRequest, current: str) -> list[Choice]:
    """Return the reports; `current` is the open one's name."""
    pages = (
        ("payment-methods", _("Ways of paying")),
        ("return-cost", _("Cost of returns")),
        ("baskets", _("Baskets")),
        ("refund-report", _("Waiting for money back")),
    )
    slug = request.business.slug
    return [
        Choice(
            value=name,
            label=label,
            chosen=name == current,
            href=reverse(f"dashboard:{name}", args=[slug]),
        )
        for name, label in pages
    ]
