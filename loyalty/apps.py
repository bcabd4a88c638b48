"""Loyalty as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    """Points, tiers and rewards."""

    name = "loyalty"
    verbose_name = _("Loyalty")

    def ready(self) -> None:
        """Start hearing what other apps announce, and adding to what they answer."""
        from customers.operations import register_farewell, register_objection
        from loyalty import subscribers
        from loyalty.api import modules, parts
        from loyalty.models import personal
        from loyalty.operations.farewell import FAREWELL
        from loyalty.operations.memberships import refuse_two_memberships
        from loyalty.queries.for_returns import TIERS
        from payments.queries.tiers import register_tiers

        parts.register()
        modules.register()
        register_objection(refuse_two_memberships)
        register_farewell(FAREWELL)
        register_tiers(TIERS)
