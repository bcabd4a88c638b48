"""Tenants as a Django application."""

from django.apps import AppConfig


class BusinessesConfig(AppConfig):
    """Businesses, their people and their keys."""

    name = "businesses"
