"""Ledger entries in a sentence, from their own data."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import RIAL_PER_TOMAN
from core.text import persian_digits
from loyalty.enums import EntryKind
from loyalty.models import LedgerEntry


def explain(entry: LedgerEntry) -> str:
    """Return why points moved, in the active language."""
    return _SENTENCES[EntryKind(entry.kind)](entry)


def _number(value: int) -> str:
    text = f"{value:,}"
    if (get_language() or "fa").startswith("fa"):
        return persian_digits(text.replace(",", "٬"))
    return text


def _toman(rial: int) -> str:
    return _number(rial // RIAL_PER_TOMAN)


def _moved(entry: LedgerEntry) -> int:
    return entry.points or entry.pending_points or entry.contingent_points


def _points(entry: LedgerEntry) -> str:
    return _number(abs(_moved(entry)))


def _earn(entry: LedgerEntry) -> str:
    said = _base(entry)
    data = entry.data
    if "member" not in data or not _moved(entry):
        return said
    facts = {"said": said, "plan": data["member"], "times": _times(data)}
    return _("%(said)s Multiplied by %(times)s for the membership «%(plan)s».") % facts


def _times(data: Mapping[str, Any]) -> str:
    """Return a factor as people read it: whole where it is, else with two places."""
    num, den = data["member_num"], data["member_den"]
    if num % den == 0:
        return _number(num // den)
    text = f"{num / den:.2f}".rstrip("0")
    if (get_language() or "fa").startswith("fa"):
        return persian_digits(text.replace(".", "٫"))
    return text


def _base(entry: LedgerEntry) -> str:
    data = entry.data
    facts = {
        "points": _points(entry),
        "amount": _toman(data["base_rial"]),
        "rate": _number(data["num"]),
        "per": _toman(data["den"]),
        "tier": data.get("tier") or "",
    }
    if "instalment" in data:
        return (
            _(
                "%(points)s points for a paid instalment of %(amount)s toman: %(rate)s for every "
                "%(per)s toman."
            )
            % facts
        )
    if not _moved(entry):
        return _("A purchase of %(amount)s toman, too small to earn a point.") % facts
    if facts["tier"]:
        return (
            _(
                "%(points)s points for a purchase of %(amount)s toman: %(rate)s for every %(per)s "
                "toman, at tier %(tier)s."
            )
            % facts
        )
    return (
        _("%(points)s points for a purchase of %(amount)s toman: %(rate)s for every %(per)s toman.")
        % facts
    )


def _claw_back(entry: LedgerEntry) -> str:
    facts = {"points": _points(entry), "forgiven": _number(entry.data.get("forgiven", 0))}
    if entry.data.get("lapsed"):
        facts["points"] = _number(entry.data["lapsed"])
        return _("A return: its %(points)s points had expired already.") % facts
    if "returned_rial" in entry.data:
        return _("A return that came before its purchase's points.")
    if entry.data.get("forgiven"):
        return (
            _(
                "%(points)s points taken back after a return; %(forgiven)s were beyond the limit "
                "and are forgiven."
            )
            % facts
        )
    if entry.data.get("owed"):
        return (
            _("%(points)s points taken back after a return; they were spent, so they are owed.")
            % facts
        )
    return _("%(points)s points taken back after a return.") % facts


def _repay(entry: LedgerEntry) -> str:
    if entry.lot_id is None:
        return _("%(points)s owed points are settled.") % {"points": _points(entry)}
    return _("%(points)s points went to settle a negative balance.") % {"points": _points(entry)}


def _adjust(entry: LedgerEntry) -> str:
    facts = {"points": _points(entry), "reason": entry.data.get("reason", "")}
    if entry.points < 0:
        return _("%(points)s points taken off by hand: %(reason)s") % facts
    return _("%(points)s points added by hand: %(reason)s") % facts


def _simple(sentence: Callable[[], str]) -> Callable[[LedgerEntry], str]:
    return lambda entry: sentence() % {"points": _points(entry)}


_SENTENCES: Final[dict[EntryKind, Callable[[LedgerEntry], str]]] = {
    EntryKind.EARN: _earn,
    EntryKind.CLAIM: _simple(lambda: _("%(points)s points that waited found their owner.")),
    EntryKind.ACTIVATE: _simple(lambda: _("%(points)s points became spendable.")),
    EntryKind.REDEEM: _simple(lambda: _("%(points)s points spent.")),
    EntryKind.RELEASE: _simple(lambda: _("%(points)s points given back.")),
    EntryKind.CLAWBACK: _claw_back,
    EntryKind.EXPIRE: _simple(lambda: _("%(points)s points expired unused.")),
    EntryKind.REPAY: _repay,
    EntryKind.ADJUST: _adjust,
}
