"""Segmentation as a Django application."""

from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """RFM scores and segments."""

    name = "segmentation"

    def ready(self) -> None:
        """Register the subscribers."""
        from segmentation import subscribers
