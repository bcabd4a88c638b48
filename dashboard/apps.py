"""The owner's and the cashier's pages."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Owns templates, static files and page views; no tables."""

    name = "dashboard"

    def ready(self) -> None:
        """Say which pages belong to which part of the product."""
        from dashboard.web import modules

        modules.register()
