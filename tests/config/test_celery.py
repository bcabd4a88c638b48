"""What every process of the worker does before its first task."""

import gc

from celery.signals import worker_process_init

import config.celery  # noqa: F401 - connects what is tested


def test_what_is_loaded_is_left_out_of_collections():
    gc.unfreeze()  # what the run itself put aside
    assert gc.get_freeze_count() == 0
    worker_process_init.send(sender=None)
    assert gc.get_freeze_count() > 10_000
