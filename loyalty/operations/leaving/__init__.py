"""Leaving the club and coming back (C047), and being kept out of it (C058)."""

from loyalty.operations.leaving.keep_out import keep_out_of_club
from loyalty.operations.leaving.leave import leave_club
from loyalty.operations.leaving.rejoin import rejoin_club

__all__ = ["keep_out_of_club", "leave_club", "rejoin_club"]
