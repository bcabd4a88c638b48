"""Segmentation as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SegmentationConfig(AppConfig):
    """RFM scores and segments."""

    name = "segmentation"
    verbose_name = _("Segments")

    def ready(self) -> None:
        """Register subscribers and the list by worth; tell rules of segments, credit of worth."""
        from loyalty.queries.rules.segments import register_segments
        from payments.queries.worth import register_worth
        from segmentation import subscribers
        from segmentation.api import by_worth
        from segmentation.queries.for_credit import WORTH
        from segmentation.queries.for_rules import in_segments, rule_segments

        register_segments(rule_segments, in_segments)
        register_worth(WORTH)
        by_worth.register()
