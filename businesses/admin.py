"""Businesses, their people and their keys for platform staff."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from businesses.models import (
    ApiKey,
    AuditEntry,
    Branch,
    Business,
    Device,
    Employee,
    Membership,
    SecondFactor,
    User,
)
from businesses.operations import revoke_api_key
from core.tenancy.admin import StaffAdmin, TenantAdmin


@admin.register(Business)
class BusinessAdmin(StaffAdmin):
    """Businesses are founded by signing up; staff may correct and close them."""

    list_display = ("name", "slug", "vertical", "is_active", "is_test", "created_at")
    list_filter = ("vertical", "is_active", ("test_of", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug")
    readonly_fields = ("slug", "test_of")
    ordering = ("-created_at",)

    @admin.display(description=_("test"), boolean=True)
    def is_test(self, row: Business) -> bool:
        """Tell test copies from real businesses."""
        return row.test_of_id is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A business needs its owner, twin and defaults: signing up makes them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A business is closed, never deleted: its money is history."""
        return False


@admin.register(User)
class UserAdmin(StaffAdmin):
    """People; passwords are changed by their owners alone."""

    list_display = ("__str__", "email", "mobile", "is_staff", "is_active", "created_at")
    list_filter = ("is_staff", "is_active")
    search_fields = ("name", "email", "mobile")
    exclude = ("password",)
    filter_horizontal = ("groups", "user_permissions")
    ordering = ("-created_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Only a superuser hands out power."""
        powers = () if _is_superuser(request) else _POWERS
        return [*super().get_readonly_fields(request, obj), *powers]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People are made inactive: the audit trail names them."""
        return False


_POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(SecondFactor)
class SecondFactorAdmin(StaffAdmin):
    """Second factors by their kind; what they prove with is never shown.

    A superuser takes away the one of somebody who lost it.
    """

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__mobile", "user__name")
    exclude = ("data",)
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People set up their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes somebody's."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person may take one away."""
        return _is_superuser(request)


# Theirs shows the secret itself and speaks English.
admin.site.unregister(Authenticator)


@admin.register(Membership)
class MembershipAdmin(StaffAdmin):
    """Who works for whom."""

    list_display = ("user", "business", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "business")
    search_fields = ("user__email", "user__mobile", "user__name", "business__slug")
    raw_id_fields = ("user", "business")


@admin.register(ApiKey)
class ApiKeyAdmin(StaffAdmin):
    """Keys by their beginning; neither key nor hash is ever shown."""

    list_display = ("prefix", "name", "business", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("business",)
    search_fields = ("prefix", "name", "business__slug")
    exclude = ("key_hash",)
    ordering = ("-created_at",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are issued to their owners."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keys are revoked, not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A revoked key stays to be named by the trail."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may revoke."""
        return request.user.has_perm("businesses.change_apikey")

    @admin.action(description=_("Revoke keys"), permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Make the chosen keys useless at once."""
        now, live = timezone.now(), list(queryset.filter(revoked_at=None))
        by = request.user if isinstance(request.user, User) else None
        for key in live:
            revoke_api_key(key_id=key.id, business_id=key.business_id, now=now, by=by)
        sentence = ngettext("%d key was revoked.", "%d keys were revoked.", len(live))
        self.message_user(request, sentence % len(live))


@admin.register(Branch)
class BranchAdmin(TenantAdmin):
    """Places of sale."""

    list_display = ("name", "code", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")


@admin.register(Employee)
class EmployeeAdmin(TenantAdmin):
    """Those who sell."""

    list_display = ("name", "code", "branch", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("branch",)
    search_fields = ("name", "code")


@admin.register(Device)
class DeviceAdmin(TenantAdmin):
    """Tills, terminals and browsers that sell."""

    list_display = ("name", "code", "kind", "branch", "is_active", "registered_at")
    list_filter = ("kind", "is_active")
    list_select_related = ("branch",)
    search_fields = ("name", "code")


@admin.register(AuditEntry)
class AuditEntryAdmin(TenantAdmin):
    """Who did what, newest first."""

    list_display = ("at", "action", "subject", "actor_name", "actor_kind")
    list_filter = ("action", "actor_kind")
    search_fields = ("subject", "actor_name", "actor_id__exact")
    ordering = ("-at",)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
