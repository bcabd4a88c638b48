"""Bases of the staff admin: Jalali dates; tenant tables read across, changed one business a time.

Staff look at everything and change little: adding and editing happen on the product's own pages,
through operations. What staff may do is an action on rows, each run in its row's own business.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeGuard, TypeVar, cast

from django.contrib.admin import display
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.calendar import format_jalali
from core.spelling import number, spelled
from core.tenancy.models import TenantModel
from core.tenancy.scope import acting_for
from core.tenancy.staff import staff_reads

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Base = ModelAdmin[Any]
else:
    from unfold.admin import ModelAdmin as _Base

Row = TypeVar("Row", bound=TenantModel)
Column = str | Callable[..., Any]

_WHY: Final = "staff admin"
_SEPARATED_FROM: Final = 10_000


@display(description=_("business"), ordering="business")
def _business(row: TenantModel) -> str:
    return str(row.business)


def jalali_column(field: str, title: str | Promise) -> Callable[[models.Model], str | None]:
    """Return an admin column showing an instant or a day in the Jalali calendar, Tehran time."""

    @display(description=cast("str", title), ordering=field, empty_value="—")
    def column(row: models.Model) -> str | None:
        moment: date | datetime | None = getattr(row, field)
        return None if moment is None else format_jalali(moment, style="time")

    column.__name__ = f"{field}_jalali"
    return column


def id_column(link: "models.ForeignKey[Any, Any]") -> Callable[[models.Model], Any]:
    """Return an admin column with the id a row points at, under the name of what it points at."""

    @display(description=link.verbose_name, ordering=link.name, empty_value="—")
    def column(row: models.Model) -> Any:
        return getattr(row, link.attname)

    column.__name__ = link.attname
    return column


def estimate_column(field: "models.FloatField[Any, Any]") -> Callable[[models.Model], str | None]:
    """Return an admin column with an estimate in as many digits as mean something."""

    @display(description=field.verbose_name, ordering=field.name, empty_value="—")
    def column(row: models.Model) -> str | None:
        value = getattr(row, field.name)
        return None if value is None else f"{value:.4g}"

    column.__name__ = f"{field.name}_rounded"
    return column


def number_column(field: "models.IntegerField[Any, Any]") -> Callable[[models.Model], str | None]:
    """Return an admin column with a whole number in the reader's digits.

    Small ones have no separators: among them are years, days and hours.
    """

    @display(description=field.verbose_name, ordering=field.name, empty_value="—")
    def column(row: models.Model) -> str | None:
        value = getattr(row, field.name)
        if value is None:
            return None
        return number(value) if abs(value) >= _SEPARATED_FROM else spelled(str(value))

    column.__name__ = f"{field.name}_spelled"
    return column


class StaffAdmin(_Base):
    """Admin of a global table: instants in the Jalali calendar, secrets never shown."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the columns, instants and days turned Jalali, numbers in the reader's digits."""
        return [self._told(name) for name in super().get_list_display(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return what is only shown: instants are, always."""
        named = super().get_readonly_fields(request, obj)
        return [self._column(name) for name in [*named, *self._instants(named)]]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the form's fields, instants turned Jalali."""
        named = cast("list[Column]", super().get_fields(request, obj))
        return list(dict.fromkeys(self._column(name) for name in named))

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out instants' own fields (shown as columns) on top of what is excluded."""
        return [*(super().get_exclude(request, obj) or ()), *self._instants(())]

    def _instants(self, named: Iterable[Any]) -> list[str]:
        taken = {*named, *(self.exclude or ())}
        return [
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(field, models.DateTimeField) and field.name not in taken
        ]

    def _told(self, name: Column) -> Column:
        """Return the column of what is only shown."""
        cache: dict[str, Column] = self.__dict__.setdefault("told_columns", {})
        own = self._own(name) if isinstance(name, str) else None
        if _is_number(own):
            return cache.setdefault(own.name, number_column(own))
        return self._column(name, models.DateField)

    def _column(
        self, name: Column, kind: "type[models.DateField[Any, Any]]" = models.DateTimeField
    ) -> Column:
        cache: dict[str, Column] = self.__dict__.setdefault("told_columns", {})
        own = self._own(name) if isinstance(name, str) else None
        if isinstance(own, models.ForeignKey):
            return cache.setdefault(own.attname, id_column(own))
        if isinstance(own, models.FloatField):
            return cache.setdefault(own.name, estimate_column(own))
        field = self._dated(name, kind)
        if field is None:
            return name
        return cache.setdefault(field.name, jalali_column(field.name, field.verbose_name))

    def _own(self, name: str) -> "models.Field[Any, Any] | None":
        """Return the field kept in a column of that name: a link by its id, not by itself."""
        return next((one for one in self.model._meta.concrete_fields if one.attname == name), None)

    def _dated(
        self, name: Column, kind: "type[models.DateField[Any, Any]]"
    ) -> "models.DateField[Any, Any] | None":
        try:
            field = self.model._meta.get_field(name) if isinstance(name, str) else None
        except FieldDoesNotExist:
            return None
        return field if isinstance(field, kind) else None


class TenantAdmin(StaffAdmin):
    """Admin of a tenant table: staff see every business's rows and run actions on them.

    Every page runs and renders under the staff role in one transaction. An action declares
    `permissions=["act"]` and hands its rows to `in_each_business`.
    """

    list_per_page: ClassVar[int] = 50
    show_full_result_count: ClassVar[bool] = False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the columns and, last, whose row it is."""
        return [*super().get_list_display(request), _business]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """Fetch the business with the rows, and whatever else a column names."""
        asked = super().get_list_select_related(request)
        told = asked if isinstance(asked, list | tuple) else ()
        return list(dict.fromkeys([*told, "business", *self._related()]))

    def _related(self) -> list[str]:
        links = {
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
        }
        return [name for name in self.list_display if name in links]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show every column of the row but bytes and excluded ones."""
        return [_business, *(self._told(field) for field in self._shown())]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show, never edit."""
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by operations."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are deleted by nobody here."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may run actions that change rows."""
        options = self.opts
        return request.user.has_perm(f"{options.app_label}.change_{options.model_name}")

    def in_each_business(self, rows: Iterable[Row], act: Callable[[Row], bool]) -> int:
        """Run `act` on each row inside its own business's scope; return how many it changed."""
        changed = 0
        for row in list(rows):
            with acting_for(row.business_id):
                changed += act(row)
        return changed

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """List rows and run actions."""
        return _as_staff(partial(super().changelist_view, request, *args, **kwargs))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one row."""
        return _as_staff(partial(super().changeform_view, request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse politely."""
        return _as_staff(partial(super().delete_view, request, *args, **kwargs))

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what staff did to one row."""
        return _as_staff(partial(super().history_view, request, *args, **kwargs))

    def _shown(self) -> list[str]:
        hidden = {"business", *(self.exclude or ())}
        return [
            field.name
            for field in self.model._meta.concrete_fields
            if field.name not in hidden and not isinstance(field, models.BinaryField)
        ]


def _is_number(
    own: "models.Field[Any, Any] | None",
) -> "TypeGuard[models.IntegerField[Any, Any]]":
    return isinstance(own, models.IntegerField) and not (own.choices or own.primary_key)


def _as_staff(view: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a view and render its page before the scope closes: rendering reads rows too."""
    with staff_reads(why=_WHY):
        response = view()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        return response
