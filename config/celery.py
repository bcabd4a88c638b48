"""Celery: the muscle. What is due is a row in PostgreSQL; a lost task loses nothing."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vafa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def keep_what_is_loaded(**_said: object) -> None:
    """Let the collector of garbage look no more at modules and models: they stay for good.

    A full look at them took 0.2 s of everybody's time, once in a few hundred debits.
    """
    gc.collect()
    gc.freeze()
