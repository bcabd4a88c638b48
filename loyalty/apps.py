"""Loyalty as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    """Points, tiers and rewards."""

    name = "loyalty"
    verbose_name = _("Loyalty")

    def ready(self) -> None:
        """Start hearing what other apps announce, and adding to what they answer."""
        from loyalty import subscribers
        from loyalty.api import parts

        parts.register()
