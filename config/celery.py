"""Celery: the muscle. What is due is a row in PostgreSQL; a lost task loses nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vafa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
