"""Inquiries over HTTP. Numbers of cards and people go in and are not kept.

The names an inquiry found are told one at a time, by GET of that inquiry: whoever reads them is in
the audit trail, and no answer kept for repeated requests holds them.
"""

from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from payments.api.bodies import Body
from payments.enums.inquiries import InquiryBasis, InquiryKind, InquiryPurpose
from payments.models import Inquiry
from payments.operations.inquiries import (
    Asking,
    Facts,
    ask_inquiry,
    read_inquiry,
    set_inquiry_rules,
)
from payments.queries.inquiries import Found, inquiry_rows, inquiry_rules

Fact = Annotated[str, Field(max_length=40, repr=False)]


class InquiryIn(Body):
    """A question: its kind, the facts that kind needs, why it is asked and on what ground.

    `card_account`, `card_owner`: `card`. `iban_owner`: `iban`. `iban_national_code`,
    `card_national_code`: the number, `national_code` and, for providers that need it, the Jalali
    `birth_date` (1370/02/14). `mobile_national_code`: `mobile` and `national_code`.

    `expected_name` is compared with the owner's and not kept. `about_id` is the refund, payout,
    deposit or mandate it is asked for. `anew`: pay for asking although an earlier answer holds.
    """

    kind: InquiryKind
    card: Fact = ""
    iban: Fact = ""
    national_code: Fact = ""
    birth_date: Fact = ""
    mobile: Fact = ""
    purpose: InquiryPurpose
    basis: InquiryBasis
    note: str = Field(default="", max_length=500)
    about_id: UUID | None = None
    expected_name: str = Field(default="", max_length=200, repr=False)
    anew: bool = False

    def asking(self, by: str) -> Asking:
        """Return the operation's value."""
        facts = ("card", "iban", "national_code", "birth_date", "mobile")
        return Asking(
            kind=self.kind,
            facts=Facts(**{name: getattr(self, name) for name in facts}),
            purpose=self.purpose,
            basis=self.basis,
            note=self.note,
            about_id=self.about_id,
            expected_name=self.expected_name,
            anew=self.anew,
            by=by,
        )


class InquiryOut(BaseModel):
    """A question and its answer. `about` is a masked hint of what was asked about.

    `match` is match, no_match, probable or indeterminate, null where nothing was compared: «we
    could not learn it» is never a no. `answered_by`: an earlier inquiry whose answer still held
    until `valid_until`, so that nobody was asked. `billed_calls` may have cost `cost` rial by the
    account's tariff, null where none was entered. `usable` false: blocked or no longer good.
    """

    id: UUID
    kind: str
    about: str
    purpose: str
    basis: str
    note: str
    about_id: UUID | None
    asked_by: str
    asked_at: AwareDatetime
    status: str
    answered_by: UUID | None
    provider: str | None
    outcome: str | None
    provider_code: str
    match: str | None
    usable: bool | None
    billed_calls: int
    cost: int | None
    checked_at: AwareDatetime | None
    valid_until: AwareDatetime | None


class FoundOut(BaseModel):
    """Whose a card or an account is, by the bank's word. `iban` is "" where it was not told."""

    iban: str
    bank: str
    owners: list[str]


class InquiryDetailOut(InquiryOut):
    """A question with what it found; null for questions answered by yes or no."""

    found: FoundOut | None


class InquiriesOut(BaseModel):
    """Questions, newest first; names are told one at a time."""

    data: list[InquiryOut]
    next_cursor: str | None


class InquiryRulesIn(Body):
    """How many calls a day may be billed, and for how many days an answer is used again."""

    daily_limit: int = Field(ge=0, le=100_000)
    valid_days: int = Field(ge=0, le=365)


class InquiryRulesOut(BaseModel):
    """The rules in force."""

    daily_limit: int
    valid_days: int


class Inquiries(Endpoint):
    """POST asks a bank, GET lists what was asked."""

    scopes: ClassVar = {"POST": Scope.INQUIRIES_WRITE, "GET": Scope.INQUIRIES_READ}
    body: ClassVar = {"POST": InquiryIn}
    answer: ClassVar = {"POST": InquiryOut, "GET": InquiriesOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = {"kind": "a kind of question", **FILTERS}
    unscoped_methods: ClassVar = frozenset({"POST"})
    key_required: ClassVar = True

    def post(self, call: Call, body: InquiryIn) -> Reply:
        """Ask; 201, or 200 when an earlier answer was used. Names are not in this answer."""
        row = ask_inquiry(business_id=call.business_id, asking=body.asking(_by(call)), now=call.now)
        status = HTTPStatus.OK if row.answered_by_id else HTTPStatus.CREATED
        return Reply(_document(row).model_dump(), status)

    def get(self, call: Call) -> Reply:
        """List, newest first."""
        kind = call.query.get("kind", "")
        if kind and kind not in InquiryKind.values:
            raise Problem("invalid_kind", _("This value is not one of the choices."))
        found = page(
            inquiry_rows(kind=kind),
            by="asked_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_document(row) for row in found.rows]
        return Reply(InquiriesOut(data=rows, next_cursor=found.next_cursor).model_dump())


class InquiryItem(Endpoint):
    """GET one with the names it found; reading is written down."""

    scopes: ClassVar = {"GET": Scope.INQUIRIES_READ}
    answer: ClassVar = {"GET": InquiryDetailOut}

    def get(self, call: Call, inquiry_id: UUID) -> Reply:
        """Return the inquiry."""
        detail = read_inquiry(inquiry_id=inquiry_id, by=_by(call), now=call.now)
        document = InquiryDetailOut(
            **_document(detail.row).model_dump(), found=_found(detail.found)
        )
        return Reply(document.model_dump())


class InquiryRuleSet(Endpoint):
    """GET the rules, PUT new ones."""

    scopes: ClassVar = {"GET": Scope.INQUIRIES_READ, "PUT": Scope.INQUIRIES_WRITE}
    body: ClassVar = {"PUT": InquiryRulesIn}
    answer: ClassVar = {"GET": InquiryRulesOut, "PUT": InquiryRulesOut}

    def get(self, call: Call) -> Reply:
        """Return the rules in force."""
        del call
        return Reply(_rules())

    def put(self, call: Call, body: InquiryRulesIn) -> Reply:
        """Set the rules."""
        set_inquiry_rules(
            daily_limit=body.daily_limit,
            valid_days=body.valid_days,
            actor=None,
            by=_by(call),
            now=call.now,
        )
        return Reply(_rules())


def _by(call: Call) -> str:
    return f"api_key:{call.key_id}"


def _rules() -> dict[str, Any]:
    rules = inquiry_rules()
    return InquiryRulesOut(daily_limit=rules.daily_limit, valid_days=rules.valid_days).model_dump()


def _found(found: Found | None) -> FoundOut | None:
    if found is None:
        return None
    return FoundOut(iban=found.iban, bank=found.bank, owners=list(found.owners))


def _document(row: Inquiry) -> InquiryOut:
    return InquiryOut(
        id=row.id,
        kind=row.kind,
        about=row.hint,
        purpose=row.purpose,
        basis=row.basis,
        note=row.note,
        about_id=row.about_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        status=row.state,
        answered_by=row.answered_by_id,
        provider=row.account.provider if row.account else None,
        outcome=row.outcome or None,
        provider_code=row.reason,
        match=row.match or None,
        usable=row.usable,
        billed_calls=row.tries,
        cost=row.cost_rial,
        checked_at=row.checked_at,
        valid_until=row.valid_until,
    )
