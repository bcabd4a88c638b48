"""Campaigns as a Django application."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Messages to many, measured against those left out."""

    name = "campaigns"
