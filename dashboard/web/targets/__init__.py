"""Targets: where the business stands, where it wants to be, and what of today helps (C110)."""

from dashboard.web.targets.acting import target_end, target_move
from dashboard.web.targets.showing import target, targets

__all__ = ["target", "target_end", "target_move", "targets"]
