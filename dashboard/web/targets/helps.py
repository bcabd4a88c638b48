"""What of today's actions helps a target, in words; and the strip on their page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.actions_told import told_action
from dashboard.web.targets import told
from segmentation.enums import Figure
from segmentation.queries.targets.helping import THOUSAND, Helping, helping
from segmentation.queries.targets.ledger import aims, running_targets
from segmentation.queries.targets.reckoning import Standing, standings

_FEW: Final = 10


@dataclass(frozen=True, kw_only=True)
class Help:
    """One action that helps."""

    title: str
    why: str
    href: str
    button: str
    brings: str
    effort: str


@dataclass(frozen=True, kw_only=True)
class Helps:
    """All that helps a target, and what it comes to together against the gap."""

    rows: Sequence[Help]
    together: str


def helps_of(one: Standing, actions: Sequence[Any], slug: str) -> Helps:
    """Return what of today's actions closes a target's gap."""
    found = helping(one, actions)
    figure = Figure(one.aim.target.figure)
    rows = [_help(one_help, figure, slug) for one_help in found]
    return Helps(rows=rows, together=_together(found, one))


def _help(one: Helping, figure: Figure, slug: str) -> Help:
    title, why, href, button = told_action(one.action, slug)
    minutes = words.number(one.action.effort_minutes)
    return Help(
        title=title,
        why=why,
        href=href,
        button=button,
        brings=_brings(figure, one.thousandths),
        effort=_("%(n)s minutes") % {"n": minutes},
    )


def _brings(figure: Figure, thousandths: int | None) -> str:
    if thousandths is None:
        return ""
    if figure == Figure.NET_SALES:
        return told.about(figure, thousandths // THOUSAND)
    amount = thousandths / THOUSAND
    shown = words.number(amount, 1 if amount < _FEW else 0)
    if shown == words.number(0):
        return _("less than %(n)s") % {"n": words.number(0.1, 1)}
    return f"{shown} {told.unit(figure)}"


def _together(found: Iterable[Helping], one: Standing) -> str:
    known = [help_.thousandths for help_ in found if help_.thousandths is not None]
    if not known or not one.gap:
        return ""
    figure = Figure(one.aim.target.figure)
    said = {"all": _brings(figure, sum(known)), "gap": told.with_unit(figure, one.gap)}
    if figure == Figure.NET_SALES:
        return _("Together about %(all)s in a year; the gap is %(gap)s by the end.") % said
    closes = sum(known) >= one.gap * THOUSAND
    text = (
        _("Together about %(all)s within thirty days: that closes the gap of %(gap)s.")
        if closes
        else _("Together about %(all)s within thirty days; the gap of %(gap)s needs more.")
    )
    return text % said


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The targets that run, beside today's actions: names of what each action helps."""

    standings: Sequence[Standing]
    helped: dict[UUID, list[str]]


def strip(actions: Sequence[Any], today: date) -> Strip:
    """Return the targets that run today and which action helps which."""
    running = [one for one in standings(aims(running_targets(today)), today) if one.is_running]
    helped: dict[UUID, list[str]] = {}
    for one in running:
        for help_ in helping(one, actions):
            helped.setdefault(help_.action.id, []).append(told.name(one.aim))
    return Strip(standings=running, helped=helped)
