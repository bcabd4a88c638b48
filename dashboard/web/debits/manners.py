"""The form of a business's manners of collecting: notice, grace, tries, reminders."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import latin_digits, persian_digits
from dashboard.web.forms import Line, Whole
from payments.operations.debits.policy import (
    MOST_DAYS,
    MOST_FAILURES,
    MOST_HOURS,
    MOST_REMINDERS,
    MOST_TRIES,
)
from payments.queries.mandates import debit_policy


class Days(Line):
    """Days one after another, like ۱، ۳، ۷; the cleaned value is their list."""

    def clean(self, value: Any) -> list[int]:
        """Return the days in any usual way of writing a list."""
        typed = latin_digits(super().clean(value)).replace("،", " ").replace(",", " ").split()
        if not all(day.isascii() and day.isdecimal() for day in typed):
            raise ValidationError(_("Write days like 1, 3, 7."))
        days = sorted({int(day) for day in typed})
        if len(days) > MOST_REMINDERS or any(not 1 <= day <= MOST_DAYS for day in days):
            raise ValidationError(
                _("At most %(many)s days, each from 1 to %(most)s."),
                params={
                    "many": persian_digits(str(MOST_REMINDERS)),
                    "most": persian_digits(str(MOST_DAYS)),
                },
            )
        return days


class MannersForm(forms.Form):
    """How debits are announced, tried and reminded of."""

    notice_hours = Whole(
        label=_("Tell the customer this many hours before"),
        min_value=0,
        max_value=MOST_HOURS,
        help_text=_("0: no message before."),
    )
    max_tries = Whole(label=_("Most tries for one debit"), min_value=1, max_value=MOST_TRIES)
    grace_days = Whole(
        label=_("Try for this many days after it is due"), min_value=0, max_value=MOST_DAYS
    )
    reminders = Days(
        label=_("Remind after a debit was given up (days)"),
        required=False,
        help_text=_("Like 1, 3, 7; empty: nobody is reminded."),
    )
    pause_after = Whole(
        label=_("Pause a row of debits after this many in a row were given up"),
        min_value=1,
        max_value=MOST_FAILURES,
    )


def initial() -> dict[str, Any]:
    """Return the manners in force, as the form shows them."""
    manners = debit_policy()
    return {
        "notice_hours": manners.notice_hours,
        "max_tries": manners.max_tries,
        "grace_days": manners.grace_days,
        "reminders": persian_digits("، ".join(map(str, manners.reminders))),
        "pause_after": manners.pause_after,
    }
