"""What people who work here give on the spot, within what each of them may give."""

from loyalty.operations.goodwill.budget import NewBudget, allow_goodwill
from loyalty.operations.goodwill.give import Giver, give_goodwill
from loyalty.operations.goodwill.take_back import take_goodwill_back
from loyalty.operations.goodwill.things import What

__all__ = ["Giver", "NewBudget", "What", "allow_goodwill", "give_goodwill", "take_goodwill_back"]
