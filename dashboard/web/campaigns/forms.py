"""What an owner writes for a campaign."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.enums import EVERYONE
from campaigns.operations import CampaignPlan
from dashboard.web.forms import Line, Whole
from segmentation.enums import Segment
from segmentation.queries.named.reading import named_choices
from segmentation.queries.own.reading import own_choices


def _choices() -> list[Any]:
    """Return everybody, the business's own segments, the ready-made ones, then the eleven."""
    own = own_choices()
    mine = [(str(_("Segments of your own")), own)] if own else []
    made = [(str(_("Ready-made segments")), named_choices())]
    return [(EVERYONE, _("every customer")), *mine, *made, *Segment.choices]


class CampaignForm(forms.Form):
    """One message to one segment."""

    name = Line(label=_("Name, for yourself"), max_length=120)
    segment = forms.ChoiceField(label=_("To whom"), choices=_choices)
    body = forms.CharField(
        label=_("Text of the SMS"),
        max_length=600,
        help_text=_("{name} becomes the first name."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    holdout_percent = Whole(
        label=_("Percent left out, to compare"), min_value=0, max_value=90, initial=10
    )
    window_days = Whole(
        label=_("Days over which sales are compared"), min_value=1, max_value=180, initial=14
    )
    margin_percent = Whole(
        label=_("Your margin, percent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("With it, the result shows profit too."),
    )

    def plan(self) -> CampaignPlan:
        """Return the cleaned form as a plan."""
        data: dict[str, Any] = self.cleaned_data
        return CampaignPlan(**data)
