"""The ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

import config.celery  # the shared Celery application must exist before a view publishes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_asgi_application()

__all__ = ["application", "config"]
