"""The outbox as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Events recorded in the database and delivered from it."""

    name = "outbox"
    verbose_name = _("Outbox")
