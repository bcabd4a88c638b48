"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

import config.celery  # the shared Celery application must exist before a view publishes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

__all__ = ["application", "config"]
