#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from django.core.management import execute_from_command_line

from config.celery import app

# Commands that do the workers' work need the workers' view of the queues.
WORKER_COMMANDS = {"check_invariants", "tick"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if WORKER_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("VAFA_DB_ROLE", "vafa_worker")
    app.set_default()  # commands publish too, and nudge the same workers
    execute_from_command_line(sys.argv)
