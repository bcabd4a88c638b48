"""A credit offer in words and bars: the grade, its reasons, what may be lent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.web import words
from dashboard.web.parts import Reason as Shown
from dashboard.web.parts import Ring, Tone
from payments.enums.instalments import CapBasis
from payments.queries.instalments.credit import Offer
from payments.queries.instalments.grade import Grade, Reason

_WORDS: Final = {
    Reason.ON_TIME: gettext_lazy("paid in time"),
    Reason.CONSENT: gettext_lazy("lets instalments be debited"),
    Reason.LATE_DAYS: gettext_lazy("days late, on average"),
    Reason.FAILED_DEBITS: gettext_lazy("debits that failed"),
    Reason.OVERDUE: gettext_lazy("something is overdue now"),
}
_GOOD: Final = 75
_FAIR: Final = 50


@dataclass(frozen=True, kw_only=True)
class OfferShown:
    """What may be lent to somebody, ready to print."""

    limit_rial: int
    refusal: str
    owed_rial: int
    ring: Ring | None
    note: str
    consent: str
    cap: str
    late_fee_rial: int
    late_days: int


def shown_offer(offer: Offer) -> OfferShown:
    """Return an offer ready to print."""
    grade = offer.standing.grade
    return OfferShown(
        limit_rial=offer.limit_rial,
        refusal=str(offer.refusal.label) if offer.refusal else "",
        owed_rial=offer.standing.owed_rial,
        ring=_ring(grade),
        note=_("%(n)s of %(all)s instalments paid in time")
        % {"n": words.number(grade.on_time), "all": words.number(grade.obligations)}
        if grade.obligations
        else _("no history with this shop"),
        consent=_consent(grade),
        cap=_cap(offer),
        late_fee_rial=offer.terms.late_fee_rial,
        late_days=offer.terms.grace_days + offer.terms.late_fee_after_days,
    )


def _consent(grade: Grade) -> str:
    """Say what letting instalments be debited would change, or has changed."""
    if grade.score is None or grade.with_consent is None:
        return ""
    if any(reason is Reason.CONSENT for reason, _points in grade.reasons):
        return _("Instalments are debited by consent: they come in time by themselves.")
    return _(
        "With consent to debit the grade would be %(score)s, and instalments come in time by "
        "themselves."
    ) % {"score": words.number(grade.with_consent)}


def _cap(offer: Offer) -> str:
    """Say what set the most this customer may owe, where what they will buy had a say."""
    cap, terms = offer.cap, offer.terms
    if not terms.worth_percent or not terms.is_on:
        return ""
    facts = {
        "most": words.toman(cap.rial),
        "percent": words.number(terms.worth_percent),
        "worth": words.toman_short(cap.worth_rial or 0),
    }
    if cap.basis == CapBasis.WORTH:
        return (
            _("At most %(most)s toman: %(percent)s%% of %(worth)s toman foreseen in a year.")
            % facts
        )
    if cap.basis == CapBasis.LEAST:
        return (
            _(
                "At most %(most)s toman, as without history: %(percent)s%% of %(worth)s toman "
                "foreseen in a year is less."
            )
            % facts
        )
    if cap.basis == CapBasis.NEWCOMER:
        return _("At most %(most)s toman, as anybody without history.") % facts
    if cap.worth_rial is None:
        return _("At most %(most)s toman; nothing is foreseen of them yet.") % facts
    return (
        _(
            "At most %(most)s toman, the shop's most: %(percent)s%% of %(worth)s toman foreseen in "
            "a year is more."
        )
        % facts
    )


def _ring(grade: Grade) -> Ring | None:
    if grade.score is None:
        return None
    return Ring(score=grade.score, tone=_tone(grade.score), reasons=_reasons(grade))


def _reasons(grade: Grade) -> Sequence[Shown]:
    return [
        Shown(text=f"{words.signed(points)} {_WORDS[reason]}", good=points > 0)
        for reason, points in grade.reasons
    ]


def _tone(score: int) -> Tone:
    if score >= _GOOD:
        return "good"
    return "amber" if score >= _FAIR else "bad"
