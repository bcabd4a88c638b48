"""The journal's page has a word for every kind of posting there is (C011, issue 3 §7)."""

import re

from dashboard.web.books.overview import _KIND_WORDS
from tests.house.sources import ROOT

_POSTED = re.compile(r'(?:post_money\(\s*kind=|\b_post\(\s*)"([a-z_]+)"')
_CARDS = ROOT / "loyalty" / "operations" / "gift_cards" / "books.py"
_OF_CARDS = re.compile(r'\b_post\(issue, "([a-z_]+)"|\{name\}_([a-z_]+)"')
_LEDGERS = re.compile(r'^_[A-Z]+: Final = \("([a-z_]+)", BookAccount', re.MULTILINE)


def _kinds() -> set[str]:
    files = [path for app in ("payments", "loyalty") for path in (ROOT / app).rglob("*.py")]
    texts = (path.read_text(encoding="utf-8") for path in files)
    said = {kind for text in texts if "post_money(" in text for kind in _POSTED.findall(text)}
    return said | _kinds_of_cards()


def _kinds_of_cards() -> set[str]:
    """Return what may happen to money on cards and, under its own name, in store credit."""
    text = _CARDS.read_text(encoding="utf-8")
    whats = {one or other for one, other in _OF_CARDS.findall(text)}
    return {f"{name}_{what}" for name in _LEDGERS.findall(text) for what in whats}


def test_every_kind_of_posting_has_a_word():
    kinds = _kinds()
    assert {"reversal", "late_fee", "deposit_return", "transfer_left"} <= kinds
    assert {"gift_card_spent", "store_credit_spent", "store_credit_taken_back"} <= kinds
    assert kinds - set(_KIND_WORDS) == set()
