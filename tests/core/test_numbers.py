"""IBAN, card, national code, legal id: the vectors known to be true or false, and every slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import (
    BANKS,
    BINS,
    BadNumber,
    BankStatus,
    bank_now,
    bank_of_card,
    bank_of_iban,
    make_iban,
    masked_card,
    masked_iban,
    read_card,
    read_iban,
    read_legal_id,
    read_national_code,
)
from core.text import persian_digits

IBANS = [
    "IR820540102680020817909002",
    "IR550570022080013447370101",
    "IR790610000000700796858044",
    "IR500120020000004444994196",
    "IR270170000000100324200001",
]
CARDS = ["6037701689095443", "6219861034529007", "5022291070873466"]
NATIONAL_CODES = ["0013542419", "0067749828", "0499370899", "3240175800"]
LEGAL_IDS = ["10380284790", "10100387143", "14005893875", "10861677542", "10320894878"]

READERS = [
    *((read_iban, number) for number in IBANS),
    *((read_card, number) for number in CARDS),
    *((read_national_code, number) for number in NATIONAL_CODES),
    *((read_legal_id, number) for number in LEGAL_IDS),
]


@pytest.mark.parametrize(("read", "number"), READERS)
def test_true_numbers_read_as_themselves(read, number):
    assert read(number) == number


@pytest.mark.parametrize("iban", IBANS)
@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda iban: iban[2:],
        lambda iban: " ".join(iban[place : place + 4] for place in range(0, 26, 4)),
        lambda iban: "-".join(iban[place : place + 4] for place in range(0, 26, 4)),
        "\u200c".join,
        lambda iban: f"\u200f{persian_digits(iban)} ",
        lambda iban: iban.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ],
)
def test_an_iban_reads_however_it_was_pasted(iban, typed):
    assert read_iban(typed(iban)) == iban


# The check digit of a legal id does not find every slip: remainders 0 and 10 share one.
@pytest.mark.parametrize(
    ("read", "number"), [pair for pair in READERS if pair[0] is not read_legal_id]
)
def test_no_number_survives_a_wrong_digit(read, number):
    for place, digit in enumerate(number):
        if digit.isalpha():
            continue
        for other in "0123456789":
            slip = number[:place] + other + number[place + 1 :]
            if slip != number and not (read is read_national_code and _blind(number, slip)):
                with pytest.raises(BadNumber):
                    read(slip)


def _blind(number, slip):
    """Tell whether both have the same check digit by the rule: remainders 1 and 10 share it."""

    def rest(code):
        return sum(int(digit) * (10 - place) for place, digit in enumerate(code[:9])) % 11

    return {rest(number), rest(slip)} == {1, 10}


@pytest.mark.parametrize(
    ("read", "number"),
    [
        (read_iban, ""),
        (read_iban, "IR"),
        (read_iban, "GB82WEST12345698765432"),
        (read_iban, "IR82054010268002081790900"),
        (read_card, "6219861034529008"),
        (read_card, "0000000000000000"),
        (read_card, "603770168909544"),
        (read_card, "603770******5443"),
        (read_national_code, "1111111111"),
        (read_national_code, "0684159415"),
        (read_national_code, "0000000000"),
        (read_national_code, "1234567"),
        (read_national_code, "۰۰"),
        (read_legal_id, "11111111111"),
        (read_legal_id, "10380284791"),
        (read_legal_id, "0013542419"),
    ],
)
def test_false_numbers_are_refused(read, number):
    with pytest.raises(BadNumber):
        read(number)


def test_zeros_lost_in_front_of_a_national_code_come_back():
    assert read_national_code("13542419") == "0013542419"
    assert read_national_code("۶۷۷۴۹۸۲۸") == "0067749828"


@given(st.from_regex(r"[0-9]{22}", fullmatch=True))
def test_a_made_iban_is_a_true_one(bban):
    assert read_iban(make_iban(bban))[4:] == bban


def test_an_iban_and_a_card_name_their_banks():
    parsian, saman = bank_of_iban(IBANS[0]), bank_of_card(CARDS[1])
    assert parsian is not None
    assert saman is not None
    assert (parsian.name_en, saman.name_fa) == ("Parsian", "سامان")
    assert bank_of_iban("IR000990000000000000000000") is None
    assert bank_of_card("1234561234561234") is None


def test_a_merged_bank_leads_to_one_that_stands():
    for bank in BANKS.values():
        assert bank_now(bank).status is BankStatus.ACTIVE
    ansar = BANKS["063"]
    assert (ansar.status, bank_now(ansar).name_en) == (BankStatus.MERGED, "Sepah")
    assert set(BINS.values()) <= set(BANKS)


def test_what_is_shown_does_not_tell_the_number():
    assert masked_card(CARDS[0]) == "603770******5443"
    assert masked_iban(IBANS[0]) == "IR82054***************9002"
