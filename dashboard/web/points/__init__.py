"""What is owed for points: the bridge, the entries behind it, estimates, files."""

from dashboard.web.points.estimate import points_estimate
from dashboard.web.points.funders import points_funders_csv
from dashboard.web.points.owed import points_owed
from dashboard.web.points.postings import points_csv, points_postings, points_xlsx

__all__ = [
    "points_csv",
    "points_estimate",
    "points_funders_csv",
    "points_owed",
    "points_postings",
    "points_xlsx",
]
