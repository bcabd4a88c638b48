"""What is asked after a purchase, when, and how often."""

from dataclasses import fields
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.web.access import BusinessRequest
from dashboard.web.forms import Line, Whole
from dashboard.web.settings.section import Section
from feedback.operations import SurveyTexts, change_survey
from feedback.queries import surveys

_FIELDS: Final = tuple(field.name for field in fields(SurveyTexts))


class SurveyForm(forms.Form):
    """The survey's words and its rules of sending."""

    is_active = forms.BooleanField(label=_("Ask after purchases"), required=False)
    title = Line(label=_("Name, for yourself"), max_length=80)
    question = Line(label=_("The question"), max_length=300)
    comment_question = Line(label=_("The question beside the comment"), max_length=300)
    thanks = Line(label=_("Words of thanks"), max_length=500, required=False)
    invitation = forms.CharField(
        label=_("Text of the SMS"),
        max_length=300,
        help_text=_("{name}, {shop} and {link} are filled in."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    delay_minutes = Whole(label=_("Minutes after the purchase"), min_value=0, max_value=20160)
    expiry_days = Whole(label=_("Days the link works"), min_value=1, max_value=365)
    recontact_days = Whole(
        label=_("Days before the same person is asked this again"), min_value=0, max_value=365
    )
    cooldown_days = Whole(
        label=_("Days between any two surveys to a person"), min_value=0, max_value=365
    )
    sample_rate = Whole(label=_("Percent of purchases asked about"), min_value=0, max_value=100)


def _initial(_request: BusinessRequest) -> dict[str, Any]:
    survey = surveys().first()
    return {name: getattr(survey, name) for name in _FIELDS} if survey else {}


def _save(request: BusinessRequest, data: dict[str, Any]) -> None:
    survey = surveys().first()
    if survey is not None:
        texts = SurveyTexts(**data)
        change_survey(survey_id=survey.id, texts=texts, now=request.now)


SECTION: Final = Section(
    key="survey",
    label=_("Survey"),
    title=_("Survey"),
    help=_("One short question after a purchase; a low score opens a case."),
    action=_("Save"),
    form=SurveyForm,
    initial=_initial,
    save=_save,
)
