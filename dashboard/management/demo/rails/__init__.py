"""Every rail of payment of one shop: two months and a half, played against the sandbox bank."""

from dashboard.management.demo.rails.bank import Bank
from dashboard.management.demo.rails.banks import play_banks
from dashboard.management.demo.rails.story import play_rails

__all__ = ["Bank", "play_banks", "play_rails"]
