"""The kernel as a Django application (it owns the tenancy functions in the database)."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Plain kernel: no business rules live here."""

    name = "core"
