"""Loyalty as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    """Points, tiers and rewards."""

    name = "loyalty"
    verbose_name = _("Loyalty")

    def ready(self) -> None:
        """Start hearing what other apps announce, and adding to what they answer."""
        from loyalty import subscribers  # noqa: F401, PLC0415 - registers when apps are loaded
        from loyalty.api import parts  # noqa: PLC0415 - needs loaded models

        parts.register()
