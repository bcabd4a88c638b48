"""How many parts a text takes on the air, exactly as networks split it."""

from typing import Final

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED: Final = frozenset("\f^{}\\[~]|€")
_GSM_SINGLE, _GSM_JOINED = 160, 153
_UCS2_SINGLE, _UCS2_JOINED = 70, 67
_BEYOND_BMP: Final = 0xFFFF


def sms_parts(text: str) -> int:
    """Return the number of parts: 160/153 septets in GSM-7, else 70/67 UTF-16 units.

    An escape pair or a surrogate pair is never split between two parts. "" takes no part.
    """
    if _is_gsm(text):
        sizes = [2 if letter in _GSM_ESCAPED else 1 for letter in text]
        return _split(sizes, _GSM_SINGLE, _GSM_JOINED)
    sizes = [2 if ord(letter) > _BEYOND_BMP else 1 for letter in text]
    return _split(sizes, _UCS2_SINGLE, _UCS2_JOINED)


def _is_gsm(text: str) -> bool:
    letters = set(text)
    return letters <= _GSM or letters <= _GSM | _GSM_ESCAPED


def _split(sizes: list[int], single: int, joined: int) -> int:
    whole = sum(sizes)
    if whole <= single:
        return int(whole > 0)
    if whole == len(sizes):
        return -(-whole // joined)
    return _split_uneven(sizes, joined)


def _split_uneven(sizes: list[int], joined: int) -> int:
    parts, room = 0, 0
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts
