"""The outbox as a Django application."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Events recorded in the database and delivered from it."""

    name = "outbox"
