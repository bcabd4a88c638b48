"""Levels and rewards: what who buys much and who saves points gets (C049)."""

from dashboard.web.levels.page import levels, reward_offer, reward_withdraw

__all__ = ["levels", "reward_offer", "reward_withdraw"]
