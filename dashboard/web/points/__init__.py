"""What is owed for points: the bridge, the entries behind it, files for the accountant."""

from dashboard.web.points.owed import points_owed
from dashboard.web.points.postings import points_csv, points_postings, points_xlsx

__all__ = ["points_csv", "points_owed", "points_postings", "points_xlsx"]
