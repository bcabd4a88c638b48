"""Messaging as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """SMS to customers: consent, manners, sending once."""

    name = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Listen to events, and keep providers' keys out of the logs."""
        from messaging import subscribers
        from messaging.models import personal
        from messaging.providers.kavenegar import hide_keys_in_logs

        hide_keys_in_logs()
