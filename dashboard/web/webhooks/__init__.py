"""Webhooks: the receivers and what they were told."""

from dashboard.web.webhooks.acts import webhook_act, webhook_replay
from dashboard.web.webhooks.pages import webhook, webhook_new, webhooks

__all__ = ["webhook", "webhook_act", "webhook_new", "webhook_replay", "webhooks"]
