"""Loyalty as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """Points, tiers and rewards."""

    name = "loyalty"

    def ready(self) -> None:
        """Start hearing what other apps announce."""
        import_module("loyalty.subscribers")
