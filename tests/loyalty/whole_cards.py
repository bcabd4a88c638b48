"""Gift cards in the machine of the whole engine: bought, spent with sales, topped up (C031)."""

from contextlib import suppress
from functools import partial

from django.db import transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import rule

from core.errors import Problem
from customers.operations import NewTender
from loyalty.models import GiftCard, GiftCardTopUp, GiftCardUse
from loyalty.operations.gift_cards import (
    NewTopUp,
    reserve_gift_card,
    take_back_top_up,
    top_up_gift_card,
)
from tests.loyalty.gift_cards.conftest import issue_cards
from tests.loyalty.merging.test_machine import Merging

_PRICES = (1_500_000, 300_000)


class Cards(Merging):
    """Two cards somebody bought before anything happened."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = [issue_cards(self.now, rial).codes[0] for rial in _PRICES]

    @rule(card=st.integers(0, 1), rial=st.sampled_from([400_000, 90_001]), number=st.integers(0, 3))
    def top_up(self, card: int, rial: int, number: int) -> None:
        """Put money on a card; the same number again for another sum is refused."""
        self._try(partial(self._top_up, card, rial, number))

    @rule(pick=st.integers(0, 3))
    def take_top_up_back(self, pick: int) -> None:
        """Take one off again, where it is still on its card."""
        made = list(GiftCardTopUp.objects.order_by("external_id").values_list("id", flat=True))
        if made:
            one = made[pick % len(made)]
            self._try(partial(take_back_top_up, top_up_id=one, actor=None, now=self.now))

    def _cards_are_full_again(self) -> None:
        """Once everything came back each rial put on a card is on it, or held for a sale."""
        held = GiftCard.objects.aggregate(rial=Sum("balance_rial"))["rial"]
        over = GiftCard.objects.filter(expires_at__lte=self.now).exists()
        stays = GiftCardTopUp.objects.filter(taken_back_at=None)
        put_on = stays.aggregate(rial=Sum("amount_rial"))["rial"] or 0
        assert over or held == sum(_PRICES) + put_on - self._held_on_cards()

    def _held_on_cards(self) -> int:
        """Return what is held for sales that never came, and not let go of yet."""
        held = GiftCardUse.objects.filter(state="reserved").aggregate(rial=Sum("amount_rial"))
        return held["rial"] or 0

    def _top_up(self, card: int, rial: int, number: int) -> None:
        new = NewTopUp(
            external_id=str(number), code=self.codes[card], amount_rial=rial, paid_by="cash"
        )
        top_up_gift_card(new=new, by="t", now=self.now)

    def _paid(self, total: int, card: int) -> tuple[NewTender, ...]:
        """Pay half with a gift card when there is one to be had, the rest in cash."""
        tenders, left = [], total
        if card:
            with suppress(Problem), transaction.atomic():
                use = reserve_gift_card(
                    code=self.codes[card - 1], most_rial=total // 2, exact=False, now=self.now
                )
                rial, of = use.amount_rial, str(use.id)
                tenders.append(NewTender(method="gift_card", amount_rial=rial, reference=of))
                left -= rial
        return (*tenders, NewTender(method="cash", amount_rial=left))
