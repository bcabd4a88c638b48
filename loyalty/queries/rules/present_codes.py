"""The code of a rule's coupon or gift card: made from its id, told to its owner, kept nowhere."""

from uuid import UUID

from loyalty.queries.gift_codes import code_from


def code_of(present_id: UUID) -> str:
    """Return the code of a present."""
    return code_from(f"rule_present:{present_id}")
