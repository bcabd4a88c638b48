"""Gift cards: made, paid for, topped up, paid with, given back to, ended."""

from loyalty.operations.gift_cards.back import return_to_cards
from loyalty.operations.gift_cards.end import (
    check_may_go_back,
    expire_gift_cards,
    price_went_back,
    release_overdue_uses,
    resume_gift_card,
    stop_gift_card,
    take_back_issue,
)
from loyalty.operations.gift_cards.issue import (
    PREFIX,
    IssuedCards,
    NewGiftCards,
    activate_paid,
    issue_gift_cards,
    void_unpaid,
)
from loyalty.operations.gift_cards.top_up import NewTopUp, take_back_top_up, top_up_gift_card
from loyalty.operations.gift_cards.use import (
    commit_gift_card,
    release_gift_card,
    release_unused,
    reserve_gift_card,
)

__all__ = [
    "PREFIX",
    "IssuedCards",
    "NewGiftCards",
    "NewTopUp",
    "activate_paid",
    "check_may_go_back",
    "commit_gift_card",
    "expire_gift_cards",
    "issue_gift_cards",
    "price_went_back",
    "release_gift_card",
    "release_overdue_uses",
    "release_unused",
    "reserve_gift_card",
    "resume_gift_card",
    "return_to_cards",
    "stop_gift_card",
    "take_back_issue",
    "take_back_top_up",
    "top_up_gift_card",
    "void_unpaid",
]
