"""Parts are what the operator bills: every boundary counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.queries import sms_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("س" * 70, 1),
        ("س" * 71, 2),
        ("س" * 134, 2),
        ("س" * 135, 3),
        ("a" * 159 + "س", 3),  # one Persian letter makes the whole text UCS-2
        ("€" * 80, 1),  # an escape pair takes two septets
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("a" * 152 + "€" + "a" * 151, 2),  # the pair moves to part two: 152 + (2 + 151)
        ("a" * 152 + "€" + "a" * 152, 3),
        ("😀" * 35, 1),  # a surrogate pair takes two units
        ("😀" * 36, 2),
        ("س" * 66 + "😀" + "س" * 65, 2),
        ("س" * 66 + "😀" + "س" * 66, 3),
        ("سلام\nخوبی؟", 1),
    ],
)
def test_parts_at_the_boundaries(text, parts):
    assert sms_parts(text) == parts


def brute_force(text):
    """Cut the text letter by letter, the way a phone joins it again."""
    gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    gsm += "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    pairs = "\f^{}\\[~]|€"
    if all(letter in gsm + pairs for letter in text):
        sizes, single, joined = [1 + (letter in pairs) for letter in text], 160, 153
    else:
        sizes, single, joined = [len(letter.encode("utf-16-le")) // 2 for letter in text], 70, 67
    if sum(sizes) <= single:
        return int(bool(sizes))
    parts: list[list[int]] = [[]]
    for size in sizes:
        if sum(parts[-1]) + size > joined:
            parts.append([])
        parts[-1].append(size)
    return len(parts)


@given(st.text(st.sampled_from("aZ9 \n€[سلام۱‌😀"), max_size=400))
def test_parts_agree_with_cutting_letter_by_letter(text):
    assert sms_parts(text) == brute_force(text)
