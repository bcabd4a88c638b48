"""Success by the card's bank, and why tries fail, as the health page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.parts import Meter, Tone
from feedback.queries.intervals import share
from payments.enums import Provider
from payments.queries.issuers import BankMix, BankSuccess, FailReason, FailReasons

# Fewer tries than this are told, not judged.
ENOUGH: Final = 5
_HEALTHY, _WEAK = 0.8, 0.5


@dataclass(frozen=True, kw_only=True)
class BankCard:
    """The banks' meters, and what they are silent about."""

    meters: list[Meter]
    silent: list[str]


@dataclass(frozen=True, kw_only=True)
class ReasonRow:
    """One reason of failed tries."""

    what: str
    code: str
    provider: str
    count: str
    part: str
    last: str


def interval_note(tries: int, won: int) -> str:
    """Return how many of how many, with the 95 % interval."""
    if not tries:
        return _("no try is over yet")
    found = share(won, tries)
    return _("%(won)s of %(all)s · 95%%: %(low)s to %(high)s") % {
        "won": words.number(won),
        "all": words.number(tries),
        "low": words.percent(found.low),
        "high": words.percent(found.high),
    }


def tone_of(part: float) -> Tone:
    """Return the colour of a share that succeeds."""
    if part >= _HEALTHY:
        return "good"
    return "amber" if part >= _WEAK else "bad"


def bank_card(mix: BankMix) -> BankCard | None:
    """Return the banks, or None when no try is over."""
    if not (mix.banks or mix.cardless.tries or mix.blind.tries):
        return None
    silent = []
    if mix.cardless.tries:
        told = _("In %(n)s more tries no card was told.")
        silent.append(told % {"n": words.number(mix.cardless.tries)})
    if mix.blind.tries:
        told = _(
            "%(n)s tries went over gateways that so far tell a card only when it paid; they are "
            "left out, because there every bank would look perfect."
        )
        silent.append(told % {"n": words.number(mix.blind.tries)})
    return BankCard(meters=[_meter(one) for one in mix.banks], silent=silent)


def reason_rows(found: FailReasons) -> Sequence[ReasonRow]:
    """Return the reasons, the most frequent first."""
    return [_row(one, found.failed) for one in found.rows]


def _meter(one: BankSuccess) -> Meter:
    told = one.success
    part = told.won / told.tries
    judged = told.tries >= ENOUGH
    return Meter(
        label=_name(one),
        share=part if judged else 0.0,
        text=words.percent(part) if judged else _("too few to judge"),
        note=interval_note(told.tries, told.won),
        tone=tone_of(part) if judged else "",
    )


def _name(one: BankSuccess) -> str:
    if one.bank is None:
        return _("Cards of an unlisted bank")
    return one.bank.name_fa if words.reads_persian() else one.bank.name_en


def _row(one: FailReason, failed: int) -> ReasonRow:
    message = words.aside(one.message)
    return ReasonRow(
        what=str(one.kind.label) if one.kind else message or str(one.state.label),
        code=words.code(one.code) if one.kind or one.message else "—",
        provider=str(Provider(one.provider).label),
        count=words.number(one.count),
        part=words.percent(one.count / failed, 0),
        last=words.day(one.last_at, "day"),
    )
