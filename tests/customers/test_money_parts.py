"""What of a sale partly paid by points or gift card goes back as money (rule R19)."""

from hypothesis import given
from hypothesis import strategies as st

from customers.queries.money_parts import MoneyParts


def test_the_worked_example():
    """R19: 999,999 rial, 33,300 of it in points: three equal parts give 322,233 rial each."""
    back = [MoneyParts(999_999, 33_300, n * 333_333).for_goods(333_333) for n in range(3)]
    assert back == [322_233, 322_233, 322_233]


@given(
    money=st.integers(1, 10**7),
    other=st.integers(1, 10**7),
    cuts=st.lists(st.integers(1, 10**7), max_size=6),
)
def test_any_split_of_the_money_returns_all_goods_once_it_is_back(money, other, cuts):
    total, returned, given_back = money + other, 0, 0
    for cut in [*cuts, money]:
        part = min(cut, money - given_back)
        if not part:
            break
        parts = MoneyParts(total, other, returned)
        goods = parts.goods_for(part)
        assert 0 <= parts.for_goods(goods) - part <= 1
        returned, given_back = returned + goods, given_back + part
        assert 0 <= returned <= total
    assert (returned == total) == (given_back == money)


@given(
    money=st.integers(0, 10**7),
    other=st.integers(1, 10**7),
    cuts=st.lists(st.integers(1, 10**7), max_size=6),
)
def test_any_split_of_the_goods_gives_back_all_the_money_and_no_more(money, other, cuts):
    total, returned, given_back = money + other, 0, 0
    for cut in [*cuts, total]:
        goods = min(cut, total - returned)
        part = MoneyParts(total, other, returned).for_goods(goods)
        assert part >= 0
        returned, given_back = returned + goods, given_back + part
    assert given_back == money
