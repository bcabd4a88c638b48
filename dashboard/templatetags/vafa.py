"""Filters and tags of the pages: the reader's digits, money, days, icons and charts."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Widget,
)
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from businesses.queries import memberships_of
from dashboard.web import words
from dashboard.web.navigation import Link, grouped, landing, links, money_links, segment_links
from dashboard.web.preferences import THEME_COOKIE
from payments.queries.alerts import open_alerts

register = template.Library()


@register.filter
def fa_digits(value: object) -> str:
    """Show digits in the reader's script."""
    return words.digits(value)


@register.filter
def number(value: float | Decimal | None, places: int = 0) -> str:
    """Show a number with separators."""
    return words.number(value, places)


@register.filter
def signed(value: int) -> str:
    """Show a movement with its sign."""
    return words.signed(value)


@register.filter
def toman(rial: int | None) -> SafeString:
    """Show rial as toman, isolated from the text around it."""
    return format_html('<bdi class="num">{}</bdi>', words.toman(rial))


@register.filter
def toman_unit(rial: int | None) -> SafeString:
    """Show rial as toman with the unit's name."""
    return format_html('<bdi class="num">{}</bdi> {}', words.toman(rial), _("toman"))


@register.filter
def toman_short(rial: int | None) -> str:
    """Show a rounded amount in toman, for notes."""
    return words.toman_short(rial)


@register.filter
def rial(amount: int | None) -> SafeString:
    """Show rial as rial, with the unit's name."""
    return format_html('<bdi class="num">{}</bdi> {}', words.number(amount), _("rial"))


@register.filter
def points(amount: int) -> SafeString:
    """Show points with their name."""
    return format_html('<bdi class="num">{}</bdi> {}', words.number(amount), _("points"))


@register.filter
def percent(ratio: float | Decimal | None, places: int = 1) -> str:
    """Show a ratio as a percentage."""
    return words.percent(ratio, places)


@register.filter
def jalali(moment: date | datetime | None, style: str = "long") -> str:
    """Show a day in the reader's calendar."""
    return words.day(moment, style)


@register.filter
def moment(instant: datetime | None) -> str:
    """Show a day and an hour."""
    return words.moment(instant)


@register.filter
def clock(instant: datetime | None) -> str:
    """Show an hour and a minute."""
    return words.clock(instant)


@register.filter
def jalali_ago(instant: date | datetime | None) -> str:
    """Show how long ago something was."""
    return words.ago(instant, timezone.now())


@register.filter
def time_left(until: datetime) -> str:
    """Show how much time is left until a moment."""
    return words.left(until, timezone.now())


@register.filter
def initials(name: str | None) -> str:
    """Show two letters for a face."""
    return words.initials(name or "")


@cache
def _icon_source(name: str) -> str:
    folder = Path(settings.BASE_DIR) / "node_modules/@tabler/icons/icons/outline"
    svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
    body = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return " ".join(body.split())


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw a Tabler icon in the text's colour; hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true">{}</svg>',
        css,
        mark_safe(_icon_source(name)),  # noqa: S308 - a file of the icon package
    )


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: object) -> str:
    """Return this page's query string with some values changed; empty ones are dropped."""
    request: HttpRequest = context["request"]
    params: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


def _control_class(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, FileInput):
        return "visually-hidden"
    return "form-select" if isinstance(widget, Select) else "form-control"


@register.inclusion_tag("dashboard/parts/field.html")
def field(bound: BoundField, css: str = "") -> dict[str, Any]:
    """Lay out a form field: label, control, help and what is wrong, beside it."""
    widget = bound.field.widget
    classes = f"{widget.attrs.get('class', '')} {_control_class(widget)}".strip()
    return {
        "field": bound,
        "css": css,
        "control": bound.as_widget(attrs={"class": classes}),
        "inline": isinstance(widget, CheckboxInput),
        "file": isinstance(widget, FileInput),
        "several": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
    }


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """Return the reader's chosen theme: light, dark or auto."""
    chosen = context["request"].COOKIES.get(THEME_COOKIE, "auto") if "request" in context else ""
    return chosen if chosen in {"light", "dark"} else "auto"


@register.inclusion_tag("dashboard/parts/sidebar.html", takes_context=True)
def sidebar(context: dict[str, Any], current: str) -> dict[str, Any]:
    """Draw the sidebar of the business this page belongs to."""
    request = context["request"]
    return {
        "request": request,
        "business": request.business,
        "links": links(request.business, request.role, current),
        "places": memberships_of(request.user.id),
        "home": reverse(f"dashboard:{landing(request.role)}", args=[request.business.slug]),
    }


@register.inclusion_tag("dashboard/parts/phone_bar.html", takes_context=True)
def phone_bar(context: dict[str, Any], current: str) -> dict[str, Any]:
    """Draw the phone's bottom bar: the few pages a thumb needs, and the menu."""
    request = context["request"]
    entries = links(request.business, request.role, current)
    return {"links": [entry for entry in entries if entry.on_phone]}


@register.inclusion_tag("dashboard/parts/grouped_tabs.html", takes_context=True)
def money_tabs(context: dict[str, Any], current: str) -> dict[str, Any]:
    """Draw the tabs of the payment pages; nothing for a role that sees just one of them."""
    request = context["request"]
    tabs = money_links(request.business, request.role, current)
    if any(tab.name == "alerts" for tab in tabs):
        waiting = open_alerts()
        tabs = [replace(tab, count=waiting) if tab.name == "alerts" else tab for tab in tabs]
    return _grouped(tabs, _("Payment pages"))


@register.inclusion_tag("dashboard/parts/grouped_tabs.html", takes_context=True)
def segment_tabs(context: dict[str, Any], current: str) -> dict[str, Any]:
    """Draw the tabs of the pages about segments."""
    request = context["request"]
    tabs = segment_links(request.business, request.role, current)
    return _grouped(tabs, _("Pages of segments"))


def _grouped(links_shown: list[Link], title: str) -> dict[str, Any]:
    groups, tabs = grouped(links_shown)
    return {"rows": [("tabs-groups", groups), ("", tabs)], "title": title}
