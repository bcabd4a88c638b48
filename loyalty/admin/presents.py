"""What a business gives besides points for purchases, for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from loyalty.models import (
    Benefit,
    BenefitGiven,
    Engagement,
    EngagementRule,
    Goodwill,
    GoodwillBudget,
    Happening,
    Milestone,
    MilestoneReached,
    RulePresent,
    SharedDay,
    SharedGreeting,
)


@admin.register(RulePresent)
class RulePresentAdmin(TenantAdmin):
    """What rules gave besides points."""

    list_display = ("at", "effect", "number", "state", "worth_rial", "customer_id", "purchase_id")
    list_filter = ("effect", "state")
    exclude = ("facts", "undone")


@admin.register(Happening)
class HappeningAdmin(TenantAdmin):
    """What happened that rules were about."""

    list_display = ("at", "kind", "customer_id", "points", "taken_back_at")
    list_filter = ("kind",)
    exclude = ("facts",)


@admin.register(Goodwill)
class GoodwillAdmin(TenantAdmin):
    """What people gave on the spot."""

    list_display = ("at", "giver_name", "kind", "name", "points", "worth_rial", "taken_back_at")
    list_filter = ("kind",)
    exclude = ("reason",)


@admin.register(GoodwillBudget)
class GoodwillBudgetAdmin(TenantAdmin):
    """For how much people may give."""

    list_display = ("amount_rial", "span", "most_at_once_rial", "is_open", "changed_at")


@admin.register(EngagementRule)
class EngagementRuleAdmin(TenantAdmin):
    """What counts as engagement."""

    list_display = ("kind", "points", "most_times", "span", "is_open")
    list_filter = ("kind", "is_open")


@admin.register(Engagement)
class EngagementAdmin(TenantAdmin):
    """What customers did."""

    list_display = ("customer_id", "kind", "at", "points", "why_none", "taken_back_at")
    list_filter = ("kind", "why_none")


@admin.register(Milestone)
class MilestoneAdmin(TenantAdmin):
    """What is celebrated of customers."""

    list_display = ("kind", "number", "points", "is_open", "since")
    list_filter = ("kind", "is_open")


@admin.register(MilestoneReached)
class MilestoneReachedAdmin(TenantAdmin):
    """Who reached what."""

    list_display = ("customer_id", "kind", "number", "on", "points", "no_gift")
    list_filter = ("kind",)


@admin.register(Benefit)
class BenefitAdmin(TenantAdmin):
    """Services without a price."""

    list_display = ("name", "kind", "unit_cost_rial", "tier", "most_each", "stock", "is_open")
    list_filter = ("kind", "is_open")


@admin.register(BenefitGiven)
class BenefitGivenAdmin(TenantAdmin):
    """Which were given to whom."""

    list_display = ("at", "benefit", "customer_id", "number", "cost_rial", "by", "taken_back_at")
    ordering = ("-at",)


@admin.register(SharedDay)
class SharedDayAdmin(TenantAdmin):
    """Days of the calendar that are everybody's."""

    list_display = ("on", "kind", "title", "source", "points", "state")
    list_filter = ("kind", "state")
    ordering = ("-on",)


@admin.register(SharedGreeting)
class SharedGreetingAdmin(TenantAdmin):
    """Who was greeted on one."""

    list_display = ("at", "kind", "year", "customer_id", "greeted", "points")
    list_filter = ("kind",)
    ordering = ("-at",)
