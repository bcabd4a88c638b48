"""What a purchase earns and what a point is worth."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import BusinessRequest
from dashboard.web.forms import TomanField, Whole
from dashboard.web.settings.section import Row, Section
from loyalty.enums import ClawBack, ExpiryEnds, TierFall, TierWindow
from loyalty.operations import update_program, update_rule
from loyalty.queries.lock_in import lock_ins
from loyalty.queries.programme import active_rule, program, tiers
from segmentation.queries.prices import melted

_MOST: Final = 1_000_000_000
_WORTH_A_WARNING: Final = 10


class LoyaltyForm(forms.Form):
    """The rate, its limits, and the life of points."""

    per = TomanField(label=_("One point for every … toman"))
    minimum = TomanField(label=_("Smallest purchase that earns, toman"), min_value=0)
    cap = Whole(
        label=_("Most points of one purchase"),
        required=False,
        min_value=1,
        help_text=_("Empty: no limit."),
    )
    worth = TomanField(label=_("What a point is worth, toman"))
    pending_days = Whole(label=_("Days until new points can be spent"), min_value=0, max_value=365)
    waits_for_returns = forms.BooleanField(
        label=_("Points wait until what was bought can no longer be returned"),
        required=False,
        help_text=_(
            "Line by line, by the days to return of its category. Goods without a limit wait no "
            "longer than the days above."
        ),
    )
    expiry_months = Whole(
        label=_("Months until points end"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=_("Empty: points never end."),
    )
    expiry_ends = forms.ChoiceField(label=_("Points end with the"), choices=ExpiryEnds.choices)
    spending_counts = forms.BooleanField(
        label=_("Spending points is an activity too"),
        required=False,
        help_text=_(
            "Where points end after the last activity. Purchases keep them, returns never."
        ),
    )
    tier_window = forms.ChoiceField(
        label=_("Purchases count towards a level in"),
        choices=TierWindow.choices,
        help_text=_("Another choice holds from each customer's next window on."),
    )
    tier_window_days = Whole(
        label=_("How many days that is"),
        min_value=1,
        max_value=3_660,
        help_text=_("Where it goes by days."),
    )
    tier_grace_days = Whole(
        label=_("Days to make up for what is missing to keep a level"),
        min_value=0,
        max_value=90,
    )
    tier_fall = forms.ChoiceField(label=_("A level falls"), choices=TierFall.choices)
    tier_revoke_days = Whole(
        label=_("Days in which a return takes a level back"),
        min_value=0,
        max_value=90,
        required=False,
        help_text=_(
            "If what it was reached by comes back and nothing was had of it yet. Empty: levels "
            "stay until their window ends."
        ),
    )
    clawback = forms.ChoiceField(
        label=_("A return takes back"), choices=ClawBack.choices, required=False
    )
    warn_days = Whole(
        label=_("Days of warning before points end"),
        required=False,
        min_value=1,
        max_value=90,
        help_text=_("By SMS, to who agreed to offers. Empty: nobody is warned."),
    )
    warn_points = Whole(
        label=_("Fewest points worth a warning"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=_("Empty: ten."),
    )
    gift_cards_earn = forms.BooleanField(
        label=_("What is paid with a gift card that was sold earns points"),
        required=False,
        help_text=_("Gift cards you gave away never earn."),
    )
    retroactive = forms.BooleanField(
        label=_("Past purchases you import earn points"),
        required=False,
        help_text=_("Counts for what is imported from now on; what is here already stays."),
    )
    correct_alone = Whole(
        label=_("Points one manager may correct alone"),
        min_value=0,
        max_value=_MOST,
        help_text=_("More needs the word of a second manager."),
    )
    correct_most = Whole(
        label=_("Most points of one correction"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=_("Empty: no limit."),
    )


def _initial(_request: BusinessRequest) -> dict[str, Any]:
    rule, programme = active_rule(), program()
    if rule is None or programme is None:
        return {}
    return {
        "per": rule.points_den // (rule.points_num or 1),
        "minimum": rule.minimum_rial,
        "cap": rule.cap_points,
        "worth": programme.unit_value_rial,
        "pending_days": programme.pending_days,
        "waits_for_returns": programme.waits_for_returns,
        "expiry_months": programme.expiry_months,
        "expiry_ends": programme.expiry_ends,
        "spending_counts": programme.spending_counts,
        "tier_window": programme.tier_window,
        "tier_window_days": programme.tier_window_days,
        "tier_grace_days": programme.tier_grace_days,
        "tier_fall": programme.tier_fall,
        "tier_revoke_days": programme.tier_revoke_days,
        "clawback": programme.clawback,
        "warn_days": programme.warn_days,
        "warn_points": programme.warn_points,
        "gift_cards_earn": programme.gift_cards_earn,
        "retroactive": programme.retroactive,
        "correct_alone": programme.correct_alone_points,
        "correct_most": programme.correct_most_points,
    }


def _save(request: BusinessRequest, data: dict[str, Any]) -> None:
    update_rule(
        points_num=1,
        points_den=data["per"],
        minimum_rial=data["minimum"],
        cap_points=data["cap"],
        actor=request.user,
        now=request.now,
    )
    update_program(
        changes={
            "unit_value_rial": data["worth"],
            "pending_days": data["pending_days"],
            "waits_for_returns": data["waits_for_returns"],
            "expiry_months": data["expiry_months"],
            "expiry_ends": data["expiry_ends"],
            "spending_counts": data["spending_counts"],
            "tier_window": data["tier_window"],
            "tier_window_days": data["tier_window_days"],
            "tier_grace_days": data["tier_grace_days"],
            "tier_fall": data["tier_fall"],
            "tier_revoke_days": data["tier_revoke_days"] or 0,
            "clawback": data["clawback"] or ClawBack.UNLIMITED,
            "warn_days": data["warn_days"],
            "warn_points": data["warn_points"] or _WORTH_A_WARNING,
            "gift_cards_earn": data["gift_cards_earn"],
            "retroactive": data["retroactive"],
            "correct_alone_points": data["correct_alone"],
            "correct_most_points": data["correct_most"],
        },
        actor=request.user,
        now=request.now,
    )


def _tier_rows(request: BusinessRequest) -> Sequence[Row]:
    found = list(tiers())
    today = business_day(request.now, request.business.timezone)
    now = {
        one.then_rial: one.now_rial
        for one in melted([tier.threshold_rial for tier in found], today)
    }
    return [
        Row(
            title=tier.name,
            detail=_reached_at(tier.threshold_rial, now.get(tier.threshold_rial)),
            chip=gettext("points × %(times)s")
            % {"times": words.number(tier.multiplier_num / tier.multiplier_den, 2)},
        )
        for tier in tiers()
    ]


def _reached_at(rial: int, now_rial: int | None) -> str:
    """Return a threshold, and by the index of prices what would buy as much as a year ago (N25)."""
    said = gettext("from purchases of %(amount)s toman on") % {"amount": words.toman(rial)}
    if not rial or now_rial is None:
        return said
    real = gettext("in today's prices a year ago's was %(amount)s") % {
        "amount": words.toman_about(now_rial)
    }
    return f"{said} · {real}"


SECTION: Final = Section(
    key="loyalty",
    label=_("Points"),
    title=_("Points"),
    help=_("A new rate counts from now on; points already earned keep theirs."),
    action=_("Save"),
    form=LoyaltyForm,
    initial=_initial,
    save=_save,
    rows_title=_("Levels"),
    rows=_tier_rows,
    warnings=lambda: [one.detail for one in lock_ins()],
)
