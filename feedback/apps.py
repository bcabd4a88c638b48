"""Feedback as a Django application."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Surveys after purchases, and what people say."""

    name = "feedback"

    def ready(self) -> None:
        """Listen to purchases and returns."""
        from feedback import subscribers
