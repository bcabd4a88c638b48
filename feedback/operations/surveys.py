"""Making and changing surveys."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from feedback.enums import SurveyKind
from feedback.models import Survey

_LONGEST: Final = {"question": 300, "comment_question": 300, "thanks": 500, "invitation": 300}
_PERCENT: Final = range(101)
_DAYS: Final = range(366)
_MINUTES: Final = range(14 * 24 * 60 + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyTexts:
    """What a survey says and its rules of sending; days and minutes are whole."""

    title: str
    question: str
    comment_question: str
    thanks: str
    invitation: str
    delay_minutes: int = 60
    expiry_days: int = 7
    cooldown_days: int = 30
    recontact_days: int = 90
    sample_rate: int = 100
    is_active: bool = True


@operation
def create_survey(*, kind: str, texts: SurveyTexts, now: datetime) -> Survey:
    """Make a survey, asked after those already there. Raises Problem `invalid_survey`."""
    return Survey.objects.create(
        kind=SurveyKind(kind),
        position=Survey.objects.count(),
        created_at=now,
        **asdict(_checked(texts)),
    )


@operation
def change_survey(*, survey_id: UUID, texts: SurveyTexts, now: datetime) -> None:
    """Change what a survey says and its rules; its kind stays. Raises NotFound, Problem."""
    del now
    if not Survey.objects.filter(id=survey_id).update(**asdict(_checked(texts))):
        raise NotFound(_("There is no such survey."))


@operation
def open_default_survey(*, now: datetime) -> None:
    """Give a new business a survey that works from its first sale."""
    if Survey.objects.exists():
        return
    with override(settings.LANGUAGE_CODE):
        texts = SurveyTexts(
            title=_("After every purchase"),
            question=_("How likely are you to recommend us to a friend?"),
            comment_question=_("What did we do well, and what should we do better?"),
            thanks=_("We read every word of it. See you soon!"),
            invitation=_(
                "Hello {name}, thank you for choosing {shop}. Would you spare us a minute? {link}"
            ),
        )
    create_survey(kind=SurveyKind.NPS, texts=texts, now=now)


def _checked(texts: SurveyTexts) -> SurveyTexts:
    """Return the texts in one spelling; raise Problem naming each field that is off."""
    clean = replace(
        texts,
        title=normalise(texts.title),
        question=normalise(texts.question),
        comment_question=normalise(texts.comment_question),
        thanks=normalise(texts.thanks),
        invitation=normalise(texts.invitation),
    )
    wrong = [*_wrong_texts(clean), *_wrong_numbers(clean)]
    if wrong:
        sentence = _("Check this field.")
        raise Problem(
            "invalid_survey",
            _("Some fields of the survey need another look."),
            fields={name: [sentence] for name in wrong},
        )
    return clean


def _wrong_texts(texts: SurveyTexts) -> list[str]:
    needed = [name for name in ("title", "question", "invitation") if not getattr(texts, name)]
    long = [name for name, most in _LONGEST.items() if len(getattr(texts, name)) > most]
    return needed + long


def _wrong_numbers(texts: SurveyTexts) -> list[str]:
    ranges = {
        "delay_minutes": _MINUTES,
        "expiry_days": _DAYS[1:],
        "cooldown_days": _DAYS,
        "recontact_days": _DAYS,
        "sample_rate": _PERCENT,
    }
    return [name for name, allowed in ranges.items() if getattr(texts, name) not in allowed]
