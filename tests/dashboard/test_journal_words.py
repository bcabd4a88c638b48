"""The journal's page has a word for every kind of posting there is (C011, issue 3 §7)."""

import re

from dashboard.web.books.overview import _KIND_WORDS
from tests.house.sources import ROOT

_POSTED = re.compile(r'(?:post_money\(\s*kind=|\b_post\(\s*)"([a-z_]+)"')


def _kinds() -> set[str]:
    files = [path for app in ("payments", "loyalty") for path in (ROOT / app).rglob("*.py")]
    texts = (path.read_text(encoding="utf-8") for path in files)
    return {kind for text in texts if "post_money(" in text for kind in _POSTED.findall(text)}


def test_every_kind_of_posting_has_a_word():
    kinds = _kinds()
    assert {"reversal", "late_fee", "gift_card_spent", "deposit_return", "transfer_left"} <= kinds
    assert kinds - set(_KIND_WORDS) == set()
