"""Addresses under /api/v1/."""

from django.urls import path

from feedback.api.bonuses import BonusObjections, BonusRunItem, BonusRuns, StaffScore
from feedback.api.responses import Responses

urlpatterns = [
    path("responses", Responses.as_view(), name="api-responses"),
    path("bonus-runs", BonusRuns.as_view(), name="api-bonus-runs"),
    path("bonus-runs/<uuid:bonus_run_id>", BonusRunItem.as_view(), name="api-bonus-run"),
    path(
        "bonus-lines/<uuid:bonus_line_id>/objections",
        BonusObjections.as_view(),
        name="api-bonus-objections",
    ),
    path("staff/<uuid:employee_id>/score", StaffScore.as_view(), name="api-staff-score"),
]
