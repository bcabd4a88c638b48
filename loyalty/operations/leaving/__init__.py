"""Leaving the club and coming back (C047)."""

from loyalty.operations.leaving.leave import leave_club
from loyalty.operations.leaving.rejoin import rejoin_club

__all__ = ["leave_club", "rejoin_club"]
