"""Gift cards: codes nobody guesses, what may be made, a ledger the database keeps."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from core.errors import NotFound
from core.tenancy import acting_for
from loyalty.models import GiftCard, GiftCardEntry
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.queries.gift_codes import digest_of, new_code, spelled
from tests.loyalty.gift_cards.conftest import LAST_DAY, issue_cards, left_on, moved, refused

# --- codes ----------------------------------------------------------------------------------------


def test_a_code_is_kept_only_as_a_keyed_hash(issue):
    issued = issue()
    [code] = issued.codes
    card = GiftCard.objects.get()
    kept = {str(value) for value in vars(card).values()}
    assert not any(code in text for text in kept)
    assert bytes(card.code_hmac) == digest_of(spelled(code).lower())
    assert len(bytes(card.code_hmac)) == 32
    assert len({new_code() for _ in range(500)}) == 500


def test_every_mistyped_letter_is_noticed_before_asking_anybody(acting):
    code = new_code()
    for at in range(16):
        other = "2" if code[at] != "2" else "3"
        wrong = code[:at] + other + code[at + 1 :]
        assert refused(digest_of, typed=wrong) == "invalid_gift_code"
    for typed in ("", "1", code[:-1], code + "A", "ک" * 16, "x" * 500):
        assert refused(digest_of, typed=typed) == "invalid_gift_code"


def test_codes_are_read_as_people_type_them(issue, now):
    [code] = issue().codes
    persian = spelled(code).translate(str.maketrans("23456789", "۲۳۴۵۶۷۸۹")).lower()
    use = reserve_gift_card(code=f"  {persian} ", most_rial=1_000, exact=True, now=now)
    assert use.amount_rial == 1_000


def test_the_same_code_in_another_business_is_nothing(business, other_business, now):
    with acting_for(business.id):
        [code] = issue_cards(now).codes
    with acting_for(other_business.id), pytest.raises(NotFound):
        reserve_gift_card(code=code, most_rial=1_000, exact=True, now=now)


# --- issuing --------------------------------------------------------------------------------------


def test_many_for_an_occasion_are_each_their_own(issue, pay):
    issued = issue(200_000, name="یلدا", paid_by="nothing", count=50, last_day=LAST_DAY)
    assert len(set(issued.codes)) == 50
    pay(150_000, issued.codes[7])
    assert [left_on(issued, n) for n in (6, 7, 8)] == [200_000, 50_000, 200_000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rial": 9_999},
        {"count": 0},
        {"count": 1_001},
        {"name": " "},
        {"paid_by": "gold"},
        {"paid_by": "nothing"},
        {"last_day": LAST_DAY.replace(year=2025)},
    ],
)
def test_what_makes_no_sense_is_refused(issue, wrong):
    assert refused(issue, **wrong) == "invalid_gift_cards"
    assert not GiftCard.objects.exists()


def test_cards_sold_are_owed_and_gifts_of_ones_own_are_not(issue):
    issue(1_000_000, count=3)
    issue(500_000, paid_by="nothing", last_day=LAST_DAY)
    assert moved("gift_cards") == -3_000_000
    assert moved("till") == 3_000_000


# --- what the database keeps ----------------------------------------------------------------------


def test_only_a_movement_moves_a_balance(issue):
    issue()
    for wrong in (F("balance_rial") + 1, F("balance_rial") - 1, 0):
        with pytest.raises(IntegrityError, match="follows its entries"), transaction.atomic():
            GiftCard.objects.update(balance_rial=wrong)
    assert GiftCard.objects.get().balance_rial == 1_000_000


def test_a_movement_beyond_the_balance_is_impossible(issue, now):
    issued = issue()
    with pytest.raises(IntegrityError, match="loyalty_gift_card_balance"), transaction.atomic():
        GiftCardEntry.objects.create(
            card_id=issued.card_ids[0], kind="spend", amount_rial=-1_000_001, at=now
        )


def test_a_card_is_loaded_once(issue, now):
    issued = issue()
    with pytest.raises(IntegrityError, match="loaded_once"), transaction.atomic():
        GiftCardEntry.objects.create(card_id=issued.card_ids[0], kind="load", amount_rial=5, at=now)


@pytest.mark.parametrize("sql", ["UPDATE {} SET amount_rial = 1", "DELETE FROM {}"])
def test_movements_are_never_rewritten(issue, sql):
    issue()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format("loyalty_giftcardentry"))
