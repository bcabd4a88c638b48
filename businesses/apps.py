"""Tenants as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BusinessesConfig(AppConfig):
    """Businesses, their people and their keys."""

    name = "businesses"
    verbose_name = _("Businesses")

    def ready(self) -> None:
        """Declare what its tables hold of customers."""
        from businesses.models import personal
