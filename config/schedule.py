"""The static beat schedule: ticks that say "look", never facts. All state is in the database.

Every tick expires before the next one, so a stopped worker wakes to one tick, not a thousand.
"""

from typing import Any, Final

from celery.schedules import crontab


def _every(seconds: float, task: str, queue: str) -> dict[str, Any]:
    return {
        "task": task,
        "schedule": seconds,
        "options": {"queue": queue, "expires": max(seconds, 5)},
    }


# task name → (seconds between ticks, queue). `manage.py tick` runs the same tasks in-process.
TICKS: Final[dict[str, tuple[float, str]]] = {
    "outbox.deliver": (2, "default"),
    "payments.poll_due": (5, "payments"),
    "messaging.send_due": (3, "messages"),
    "loyalty.sweep": (60, "default"),
    "loyalty.memberships": (60, "payments"),
    "loyalty.seal": (600, "scoring"),
    "loyalty.post": (300, "scoring"),
    "loyalty.look": (900, "scoring"),
    "loyalty.warn": (1800, "messages"),
    "feedback.sweep": (30, "messages"),
    "campaigns.sweep": (15, "messages"),
    "webhooks.send_due": (2, "webhooks"),
    "customers.import_due": (3, "scoring"),
    "loyalty.replay_due": (3, "scoring"),
    "customers.recount_days": (10, "scoring"),
    "segmentation.count_due": (5, "scoring"),
}

# Task → minutes after 22:00 UTC (01:30 in Tehran): days are closed before customers are scored.
NIGHTLY: Final[dict[str, tuple[int, str]]] = {
    "customers.close_days": (0, "scoring"),
    "loyalty.close_days": (10, "scoring"),
    "loyalty.check": (15, "scoring"),
    "businesses.purge": (20, "default"),
    "customers.forget_codes": (25, "default"),
    "webhooks.forget": (27, "default"),
    "segmentation.score_all": (30, "scoring"),
    "segmentation.foresee_all": (40, "scoring"),
}

BEAT_SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    **{task: _every(seconds, task, queue) for task, (seconds, queue) in TICKS.items()},
    **{
        task: {
            "task": task,
            "schedule": crontab(hour="22", minute=str(minute)),
            "options": {"queue": queue, "expires": 6 * 3600},
        }
        for task, (minute, queue) in NIGHTLY.items()
    },
}
