"""Segmentation as a Django application."""

from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    """RFM scores and segments."""

    name = "segmentation"

    def ready(self) -> None:
        """Register the subscribers, and tell rules of points who was in which segment."""
        from loyalty.queries.rules.segments import register_segments
        from segmentation import subscribers
        from segmentation.enums import Segment
        from segmentation.queries import segments_at

        register_segments(Segment.choices, segments_at)
