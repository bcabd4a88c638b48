"""Points of two profiles that turn out to be one person, and of two that were not (rule R62)."""

from loyalty.operations.merging.join import join_wallets
from loyalty.operations.merging.part import part_wallets

__all__ = ["join_wallets", "part_wallets"]
