"""Looking for misuse of points each night, and what a person says about what was found."""

from loyalty.operations.suspicions.judge import judge_suspicion
from loyalty.operations.suspicions.look import look_for_misuse

__all__ = ["judge_suspicion", "look_for_misuse"]
