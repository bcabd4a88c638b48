"""Payments as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments through gateways, their tries and their returns."""

    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Listen to what happens in other apps."""
        from payments import subscribers
