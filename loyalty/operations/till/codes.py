"""The customer's one-time code, where what is spent is worth so much that the owner wants it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import CodePurpose
from customers.operations.codes import demand_code
from loyalty.queries.till.rules import needs_code


def demand_spending_code(
    *, business_id: UUID, customer_id: UUID, worth_rial: int, code: str, now: datetime
) -> None:
    """Use up the code of a customer about to spend; nothing where the worth needs none.

    Runs outside any scope: a wrong try is committed before it is refused. Raises Problem
    `code_needed` (422) and those of `demand_code`.
    """
    with acting_for(business_id):
        needed = needs_code(worth_rial)
    if not needed:
        return
    if not code.strip():
        detail = _("Spending so much needs the customer's code; send it to them.")
        raise Problem("code_needed", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    demand_code(
        business_id=business_id,
        customer_id=customer_id,
        purpose=CodePurpose.SPEND,
        code=code,
        now=now,
    )
