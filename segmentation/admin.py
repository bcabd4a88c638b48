"""Scores, runs, moves and what is foreseen, for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from segmentation.models import (
    ActionItem,
    CategoryCost,
    CustomerFit,
    CustomerOutlook,
    CustomerScore,
    NamedNight,
    NamedStay,
    OutlookRun,
    OwnSegment,
    PriceLevel,
    RetentionDrop,
    RetentionModel,
    ScoringRun,
    ScoringTerms,
    SegmentStay,
    SegmentTransition,
    Target,
    TargetStep,
    VolumeNight,
)


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


@admin.register(ScoringTerms)
class ScoringTermsAdmin(TenantAdmin):
    """What businesses let count."""

    list_display = ("window_months", "money", "changed_at")


@admin.register(PriceLevel)
class PriceLevelAdmin(TenantAdmin):
    """Indices of prices."""

    list_display = ("month_on", "level")


@admin.register(CategoryCost)
class CategoryCostAdmin(TenantAdmin):
    """What goods cost by category."""

    list_display = ("category", "cost_percent")


@admin.register(RetentionModel)
class RetentionModelAdmin(TenantAdmin):
    """Estimates and how they stood the test."""

    list_display = ("as_of", "basis", "customers", "brier", "rule_brier", "auc", "rule_auc")
    list_filter = ("basis",)


@admin.register(OutlookRun)
class OutlookRunAdmin(TenantAdmin):
    """Nights."""

    list_display = ("as_of", "customers", "expected_customers", "risk_rial")


@admin.register(CustomerOutlook)
class CustomerOutlookAdmin(TenantAdmin):
    """What the newest night foresees."""

    list_display = ("customer_id", "score", "purchases_90", "day_rial", "worth_rial", "risk_rial")


@admin.register(RetentionDrop)
class RetentionDropAdmin(TenantAdmin):
    """Whose score dropped."""

    list_display = ("customer_id", "score", "line", "at", "risen_at")


@admin.register(OwnSegment)
class OwnSegmentAdmin(TenantAdmin):
    """Segments businesses made themselves."""

    list_display = ("name", "is_open", "counted_at")


@admin.register(SegmentStay)
class SegmentStayAdmin(TenantAdmin):
    """Who is in them since when."""

    list_display = ("customer_id", "own_segment", "entered_at", "left_at")


@admin.register(NamedNight)
class NamedNightAdmin(TenantAdmin):
    """Nights of the ready-made segments, with what was usual."""

    list_display = ("as_of", "finished_at", "customers")


@admin.register(NamedStay)
class NamedStayAdmin(TenantAdmin):
    """Who is in the ready-made segments, and what speaks for it."""

    list_display = ("customer_id", "segment", "entered_at", "left_at", "seen_on")
    list_filter = ("segment",)


@admin.register(CustomerFit)
class CustomerFitAdmin(TenantAdmin):
    """How well customers suit the businesses."""

    list_display = ("customer_id", "score", "tenth", "year_rial", "as_of")
    list_filter = ("tenth",)


@admin.register(VolumeNight)
class VolumeNightAdmin(TenantAdmin):
    """Nights of product volumes, with how they stood the test."""

    list_display = ("as_of", "days", "by_level", "trial")


@admin.register(ActionItem)
class ActionItemAdmin(TenantAdmin):
    """What was worth doing, and whether it was done."""

    list_display = ("on", "place", "kind", "expected_rial", "owner", "due_on", "state")
    list_filter = ("kind", "state")


@admin.register(Target)
class TargetAdmin(TenantAdmin):
    """What businesses aim at."""

    list_display = ("figure", "span", "starts_on")
    list_filter = ("figure", "span")


@admin.register(TargetStep)
class TargetStepAdmin(TenantAdmin):
    """What they aimed at, step by step."""

    list_display = ("target_id", "number", "goal", "by", "at")
