"""Jibit's payment gateway (PPG v3): purchases, and the refunds of them."""

from payments.providers.jibit.ppg.adapter import JibitPpg

__all__ = ["JibitPpg"]
