"""Payments as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments through gateways, their tries and their returns."""

    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Listen to what happens in other apps."""
        from customers.operations import register_farewell
        from payments import subscribers
        from payments.api import modules
        from payments.models import personal
        from payments.operations.farewell import FAREWELL

        register_farewell(FAREWELL)
        modules.register()
