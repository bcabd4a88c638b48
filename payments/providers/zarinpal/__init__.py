"""Zarinpal v4."""

from payments.providers.zarinpal.adapter import Zarinpal

__all__ = ["Zarinpal"]
