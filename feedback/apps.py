"""Feedback as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """Surveys after purchases, and what people say."""

    name = "feedback"
    verbose_name = _("Feedback")

    def ready(self) -> None:
        """Listen to purchases and returns; add links to other apps' answers."""
        from businesses.enums import Module
        from businesses.queries.modules import register_module
        from customers.operations import register_farewell
        from feedback import subscribers
        from feedback.api import parts
        from feedback.models import personal
        from feedback.operations.farewell import FAREWELL

        parts.register()
        register_farewell(FAREWELL)
        register_module(Module.STAFF, api=("bonus-runs", "bonus-lines"))
