"""Points people who work here give on the spot, within what each of them may give."""

from loyalty.operations.goodwill.budget import NewBudget, allow_goodwill
from loyalty.operations.goodwill.give import Giver, give_goodwill

__all__ = ["Giver", "NewBudget", "allow_goodwill", "give_goodwill"]
