"""What people type to ask a bank, and to set the rules for asking."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.web.forms import Code, Line, Whole
from dashboard.web.inquiries.about import Subject
from payments.enums.inquiries import NAMING, InquiryBasis, InquiryKind, InquiryPurpose
from payments.operations.inquiries import Facts, facts_of

_NUMBERS: Final = frozenset(name for kind in InquiryKind for name in facts_of(kind))


class AskForm(forms.Form):
    """One question: its numbers, why it is asked, on what ground."""

    card = Code(label=_("Card number"), max_length=40)
    iban = Code(label=_("Account number (IBAN)"), max_length=40)
    mobile = Code(label=_("Mobile"), max_length=40)
    national_code = Code(label=_("National code"), max_length=40)
    birth_date = Code(
        label=_("Birth date"),
        max_length=20,
        required=False,
        help_text=_("Like 1370/02/14. Some providers answer only with it."),
    )
    expected_name = Line(
        label=_("Whose should it be?"),
        max_length=200,
        required=False,
        help_text=_("Compared with the bank's name for you, and not kept."),
    )
    purpose = forms.ChoiceField(
        label=_("Why you ask"),
        choices=InquiryPurpose.choices,
        initial=InquiryPurpose.REFUND_DESTINATION.value,
    )
    note = Line(
        label=_("Note for yourselves"),
        max_length=500,
        required=False,
        help_text=_("For another reason: which. With consent: how and when it was given."),
    )
    basis = forms.ChoiceField(
        label=_("On what ground"),
        choices=InquiryBasis.choices,
        initial=InquiryBasis.CONTRACT.value,
    )
    anew = forms.BooleanField(
        label=_("Ask anew, even if an earlier answer still holds"), required=False
    )

    def __init__(
        self, *args: Any, kind: InquiryKind, subject: Subject | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.subject = kind, subject
        if subject:
            self.initial = dict(subject.facts)
        unused = set(_NUMBERS.difference(facts_of(kind)))
        if kind not in NAMING:
            unused.add("expected_name")
        if subject:
            unused.add("purpose")
        for name in unused:
            del self.fields[name]
        for name in facts_of(kind):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}

    def asking(self, by: str) -> dict[str, Any]:
        """Return what the operation is given, but for the actor."""
        data = self.cleaned_data
        return {
            "kind": self.kind,
            "facts": Facts(**{name: data[name] for name in facts_of(self.kind)}),
            "by": by,
            **{name: data[name] for name in ("basis", "note", "anew")},
            "purpose": self.subject.purpose if self.subject else data["purpose"],
            "about_id": self.subject.id if self.subject else None,
            "expected_name": data.get("expected_name", ""),
        }


class RulesForm(forms.Form):
    """How often a day, and for how long an answer holds."""

    daily_limit = Whole(
        label=_("Billed questions a day, at most"),
        min_value=0,
        max_value=100_000,
        help_text=_("0: nobody asks anything."),
    )
    valid_days = Whole(
        label=_("An answer is used again for (days)"),
        min_value=0,
        max_value=365,
        help_text=_("0: every question is asked, and paid for, anew."),
    )
