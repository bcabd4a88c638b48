"""What every process of the worker does before its first task."""

import gc

from celery.signals import worker_process_init

import config.celery  # noqa: F401 - connects what is tested


def test_what_is_loaded_is_left_out_of_collections():
    assert gc.get_freeze_count() == 0
    worker_process_init.send(sender=None)
    frozen = gc.get_freeze_count()
    gc.unfreeze()
    assert frozen > 10_000
