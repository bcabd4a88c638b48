"""Gift cards: what is owed on them, making them, one issue and its cards."""

from dashboard.web.gift_cards.listing import gift_cards
from dashboard.web.gift_cards.making import gift_cards_csv, gift_cards_new
from dashboard.web.gift_cards.showing import (
    gift_card_change,
    gift_card_issue,
    gift_cards_take_back,
)
from dashboard.web.gift_cards.topping_up import gift_card_top_up, gift_card_top_up_back

__all__ = [
    "gift_card_change",
    "gift_card_issue",
    "gift_card_top_up",
    "gift_card_top_up_back",
    "gift_cards",
    "gift_cards_csv",
    "gift_cards_new",
    "gift_cards_take_back",
]
