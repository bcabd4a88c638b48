"""What rules give after something happened that is no purchase: once, and taken back with it."""

from loyalty.operations.happenings.reward import Happened, reward_happened
from loyalty.operations.happenings.take_back import lock_happened, take_happened_back
from loyalty.operations.happenings.welcome import welcome

__all__ = [
    "Happened",
    "lock_happened",
    "reward_happened",
    "take_happened_back",
    "welcome",
]
