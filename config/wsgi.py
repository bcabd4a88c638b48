"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

import config.celery  # the shared Celery application must exist before a view publishes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Views are read now, not by the first visitor. What is loaded stays for good: looking through it
# for garbage took 0.2 s of whoever was being served. Of a request hardly anything is left in
# cycles: looking after every 700 objects, several times a request, finds nothing.
get_resolver().url_patterns  # noqa: B018 - reading it loads them
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)

__all__ = ["application", "config"]
