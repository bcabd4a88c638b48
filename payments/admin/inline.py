"""Rows shown below the row they belong to."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline

    _Inline = TabularInline[Any, Any]
else:
    from unfold.admin import TabularInline as _Inline


class ReadOnlyInline(_Inline):
    """Rows shown below their parent, never edited."""

    extra = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show, never edit; a form could not even name what nobody may edit."""
        return list(self.get_fields(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by operations."""
        return False
