"""Services without a price: offered, given, moved with their customer (C048)."""

from loyalty.operations.benefits.give import give_benefit, take_benefit_back
from loyalty.operations.benefits.merging import join_benefits, part_benefits
from loyalty.operations.benefits.offer import NewBenefit, close_benefit, offer_benefit

__all__ = [
    "NewBenefit",
    "close_benefit",
    "give_benefit",
    "join_benefits",
    "offer_benefit",
    "part_benefits",
    "take_benefit_back",
]
