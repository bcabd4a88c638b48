"""Reading webhooks."""
