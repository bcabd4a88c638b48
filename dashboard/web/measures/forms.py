"""What people say about a measure."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import MeasureStep
from dashboard.web.forms import JalaliDay

_LONGEST = 1_000


def _words(label: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # a promise of a text
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposeForm(forms.Form):
    """What to do about somebody, and why."""

    step = forms.ChoiceField(label=_("Measure"), choices=MeasureStep.choices)
    reason = _words(_("Why"))


class DecideForm(forms.Form):
    """Whether it holds, until when, and why."""

    ends_on = JalaliDay(label=_("Holds until"), help_text=_("At most a year. Empty to refuse."))
    note = _words(_("Why"))


class AppealForm(forms.Form):
    """What the customer says against it."""

    words = _words(_("What the customer says"))


class AnswerForm(forms.Form):
    """What is answered to the customer."""

    words = _words(_("Answer"))
