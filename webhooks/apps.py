"""Webhooks as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """What happened, told to the businesses' own software."""

    name = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        """Start hearing what other apps announce."""
        from webhooks import subscribers
