"""Customers who leave the club: on one's page, and all of them (C047)."""

from dashboard.web.leaving.listing import leavers
from dashboard.web.leaving.of_customer import club_leave, club_rejoin, membership_of_club

__all__ = ["club_leave", "club_rejoin", "leavers", "membership_of_club"]
