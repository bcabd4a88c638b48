"""Check digits of own identifiers: every slip of one digit, and swaps of neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.enums.deposits import CheckDigits
from payments.operations.deposits.digits import candidates, is_well_typed, mint, runs_in

STRONG = [CheckDigits.MOD_97, CheckDigits.VERHOEFF]
numbers = st.integers(1, 99_999_999)


@pytest.mark.parametrize("check", CheckDigits)
def test_what_is_minted_is_well_typed(check):
    assert is_well_typed(mint("4210", 17, 8, check), check)


@pytest.mark.parametrize(
    ("check", "digits"),
    [
        (CheckDigits.MOD_11, "12345" + "5"),  # 5·2+4·3+3·4+2·5+1·6 = 50, 50 mod 11 = 6, 11-6
        (CheckDigits.VERHOEFF, "2363"),
        (CheckDigits.MOD_97, "79444"),
    ],
)
def test_vectors_reckoned_by_hand(check, digits):
    width = 2 if check is CheckDigits.MOD_97 else 1
    body = digits[:-width]
    assert mint("", int(body), len(body), check) == digits


@pytest.mark.parametrize("check", [*STRONG, CheckDigits.MOD_11])
@given(number=numbers, place=st.integers(0, 11), other=st.integers(1, 9))
def test_a_wrong_digit_is_noticed(check, number, place, other):
    digits = mint("4210", number, 8, check)
    wrong = str((int(digits[place]) + other) % 10)
    typed = digits[:place] + wrong + digits[place + 1 :]
    caught = not is_well_typed(typed, check)
    # Modulo 11 without a sign for ten is blind where the rest is 0 or 1; that is its rule.
    assert caught or check is CheckDigits.MOD_11


@pytest.mark.parametrize("check", STRONG)
@given(number=numbers, place=st.integers(0, 10))
def test_swapped_neighbours_are_noticed(check, number, place):
    digits = mint("4210", number, 8, check)
    typed = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert typed == digits or not is_well_typed(typed, check)


@given(number=numbers)
def test_the_meant_one_is_among_the_candidates_of_a_slip(number):
    digits = mint("4210", number, 8, CheckDigits.MOD_97)
    assert digits in candidates(digits[:3] + digits[4:])
    assert digits in candidates(digits[0] + digits)
    assert digits not in candidates(digits)


def test_a_number_too_wide_is_refused():
    with pytest.raises(OverflowError):
        mint("", 100_000, 5, CheckDigits.MOD_97)


def test_short_runs_in_free_text_are_no_identifiers():
    assert runs_in("واریز ۱۲۳۴ و 12345678 در 140509021030") == ["12345678", "140509021030"]
