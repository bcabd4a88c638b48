"""What to say at the till, in one sentence."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from dashboard.web import words
from loyalty.queries.till.greeting import Greeting, Known, Say, greet

__all__ = ["Known", "greeting"]


def greeting(known: Known) -> tuple[str, str]:
    """Return the sentence and, in small, why it was chosen. Three queries."""
    chosen = greet(known)
    return _WORDS[chosen.say](chosen, known.person.name or _("dear customer"))


def _open_case(told: Greeting, name: str) -> tuple[str, str]:
    text = _("“Welcome %(name)s; we are sorry about last time, and we will make it right.”")
    return text % {"name": name}, _("There is an open case: %(title)s") % {"title": told.about}


def _milestone_today(told: Greeting, name: str) -> tuple[str, str]:
    values = {"name": name, "what": told.about}
    return _("“%(name)s, today is %(what)s: thank you!”") % values, _("A milestone")


def _milestone_reached(told: Greeting, name: str) -> tuple[str, str]:
    text = _("“Congratulations %(name)s: %(what)s!”") % {"name": name, "what": told.about}
    note = _("%(n)s points were given for it") % {"n": words.number(told.points)}
    return text, note if told.points else ""


def _expiring(told: Greeting, name: str) -> tuple[str, str]:
    text = _("“Welcome %(name)s; %(n)s of your points end on %(day)s, shall I use them today?”")
    values = {"name": name, "n": words.number(told.points), "day": words.day(told.until, "day")}
    worth = words.toman(told.worth_rial)
    return text % values, _("Worth %(worth)s toman") % {"worth": worth}


def _absent(told: Greeting, name: str) -> tuple[str, str]:
    text = _("“Welcome back %(name)s, we have missed you.”") % {"name": name}
    return text, _("%(n)s days since the last purchase") % {"n": words.number(told.days)}


def _near(told: Greeting, name: str) -> tuple[str, str]:
    text = _("“%(name)s, only %(amount)s toman more and you reach the %(tier)s level.”")
    values = {"name": name, "amount": words.toman(told.missing_rial), "tier": told.about}
    return text % values, ""


def _usual(told: Greeting, name: str) -> tuple[str, str]:
    text = _("“Welcome %(name)s; %(item)s, as always?”")
    return text % {"name": name, "item": told.about}, _("What they buy most")


def _first_time(_told: Greeting, name: str) -> tuple[str, str]:
    return _("“Welcome %(name)s, good that you came.”") % {"name": name}, _("No purchase yet")


def _soon_again(_told: Greeting, name: str) -> tuple[str, str]:
    return _("“Welcome %(name)s, good to see you again so soon.”") % {"name": name}, ""


def _welcome(_told: Greeting, name: str) -> tuple[str, str]:
    return _("“Welcome %(name)s, always good to see you.”") % {"name": name}, ""


_WORDS: Final[dict[Say, Callable[[Greeting, str], tuple[str, str]]]] = {
    Say.OPEN_CASE: _open_case,
    Say.MILESTONE_TODAY: _milestone_today,
    Say.MILESTONE_REACHED: _milestone_reached,
    Say.EXPIRING: _expiring,
    Say.ABSENT: _absent,
    Say.NEAR_TIER: _near,
    Say.USUAL: _usual,
    Say.FIRST_TIME: _first_time,
    Say.SOON_AGAIN: _soon_again,
    Say.WELCOME: _welcome,
}
