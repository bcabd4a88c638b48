"""Campaigns as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Messages to many, measured against those left out."""

    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        """Declare what its tables hold of customers; hear of answered surveys."""
        from campaigns import subscribers
        from campaigns.models import personal
        from campaigns.queries import modules

        modules.register()
