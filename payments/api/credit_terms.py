"""To whom the shop lends, how much and in how many parts, over HTTP."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.money import MAX_RIAL
from payments.api.bodies import Body
from payments.operations.instalments import NewTerms, set_credit_terms
from payments.queries.instalments.credit import credit_terms

_Sum = Annotated[int, Field(ge=0, le=MAX_RIAL)]
_Percent = Annotated[int, Field(ge=0, le=100)]
_Days = Annotated[int, Field(ge=0, le=60)]


class CreditTermsIn(Body):
    """The terms, whole; amounts in rial.

    Nobody is lent to while `on` is false. `late_fee` is charged once for each instalment so many
    days past its grace; 0: being late costs nothing. Contracts that exist keep theirs.
    `worth_percent` of what a customer with a grade is foreseen to buy in a year is the most they
    may owe, between `max_without_history` (where strangers are lent to) and `max_customer`; 0: it
    has no say.
    """

    on: bool
    min_grade: _Percent = 60
    lends_without_history: bool = False
    max_without_history: _Sum = 0
    max_customer: _Sum = 0
    max_total: _Sum = 0
    max_instalments: Annotated[int, Field(ge=1, le=60)] = 6
    down_percent: _Percent = 25
    grace_days: _Days = 3
    late_fee: _Sum = 0
    late_fee_after_days: _Days = 7
    worth_percent: Annotated[int, Field(ge=0, le=1000)] = 0

    def new(self) -> NewTerms:
        """Return the operation's value."""
        return NewTerms(
            is_on=self.on,
            least_grade=self.min_grade,
            lends_without_history=self.lends_without_history,
            newcomer_rial=self.max_without_history,
            most_customer_rial=self.max_customer,
            most_total_rial=self.max_total,
            most_count=self.max_instalments,
            down_percent=self.down_percent,
            grace_days=self.grace_days,
            late_fee_rial=self.late_fee,
            late_fee_after_days=self.late_fee_after_days,
            worth_percent=self.worth_percent,
        )


class CreditTermsOut(BaseModel):
    """The terms in force, and what customers owe of `max_total` now; amounts in rial."""

    on: bool
    min_grade: int
    lends_without_history: bool
    max_without_history: int
    max_customer: int
    max_total: int
    owed: int
    max_instalments: int
    down_percent: int
    grace_days: int
    late_fee: int
    late_fee_after_days: int
    worth_percent: int


class CreditTerms(Endpoint):
    """GET the terms of credit, PUT new ones (only a key an owner gave this to)."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ, "PUT": Scope.CREDIT_WRITE}
    body: ClassVar = {"PUT": CreditTermsIn}
    answer: ClassVar = {"GET": CreditTermsOut, "PUT": CreditTermsOut}

    def get(self, call: Call) -> Reply:
        """Return the terms in force; until some are set, nobody is lent to."""
        del call
        return Reply(_terms())

    def put(self, call: Call, body: CreditTermsIn) -> Reply:
        """Set the terms for contracts from now on."""
        set_credit_terms(terms=body.new(), by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_terms())


def _terms() -> dict[str, Any]:
    row = credit_terms()
    return CreditTermsOut(
        on=row.is_on,
        min_grade=row.least_grade,
        lends_without_history=row.lends_without_history,
        max_without_history=row.newcomer_rial,
        max_customer=row.most_customer_rial,
        max_total=row.most_total_rial,
        owed=row.owed_rial,
        max_instalments=row.most_count,
        down_percent=row.down_percent,
        grace_days=row.grace_days,
        late_fee=row.late_fee_rial,
        late_fee_after_days=row.late_fee_after_days,
        worth_percent=row.worth_percent,
    ).model_dump()
