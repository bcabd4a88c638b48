"""Gateways: the business's accounts at providers, and what somebody should look at."""

from dashboard.web.gateways.accounts import gateways, probe
from dashboard.web.gateways.alerts import alerts, resolve
from dashboard.web.gateways.health import health

__all__ = ["alerts", "gateways", "health", "probe", "resolve"]
