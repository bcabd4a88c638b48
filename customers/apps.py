"""Customers and their purchases as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Profiles, identities, purchases, returns, cases and imports."""

    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Register the subscribers."""
        from businesses.enums import Module
        from businesses.queries.modules import register_module
        from customers import subscribers
        from customers.models import personal
        from customers.operations.people.farewell import register_farewell
        from customers.operations.people.own_farewell import FAREWELL

        register_farewell(FAREWELL)
        register_module(Module.LEADS, api=("leads", "lead-sources", "reports/leads"))
