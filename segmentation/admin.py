"""Scores, runs and moves for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from segmentation.models import CustomerScore, ScoringRun, SegmentTransition


@admin.register(ScoringRun)
class ScoringRunAdmin(TenantAdmin):
    """Runs with their cut points."""

    list_display = ("as_of", "scale", "customers", "moved")
    list_filter = ("scale",)


@admin.register(CustomerScore)
class CustomerScoreAdmin(TenantAdmin):
    """Present scores."""

    list_display = ("customer_id", "r", "f", "m", "segment", "last_on")
    list_filter = ("segment",)


@admin.register(SegmentTransition)
class SegmentTransitionAdmin(TenantAdmin):
    """Moves between segments."""

    list_display = ("customer_id", "on", "before", "after")
    list_filter = ("after",)
