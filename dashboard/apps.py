"""The owner's and the cashier's pages."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Owns templates, static files and page views; no tables."""

    name = "dashboard"
