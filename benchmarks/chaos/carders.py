"""People who pay from card to card: the page lends them a sum of their own, and they send it."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from urllib.parse import urljoin

import httpx

from benchmarks.chaos.api import TRUST
from benchmarks.chaos.branch import CARD, Branch, Came
from benchmarks.chaos.buyers import Seen
from benchmarks.chaos.rails import Card, CardManner
from benchmarks.chaos.shops import Shop
from payments.management.buyer import Form, form_to

_PATIENCE: Final = 12
_PAUSE_S: Final = 0.6
# The page shows the card first, then the sum in rial.
_SUM: Final = re.compile(r'id="copy-2"[^>]*>(.*?)</bdi>', re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")


@dataclass
class Carder:
    """One payer with a browser and a card."""

    card: Card
    shop: Shop
    seen: Seen
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(follow_redirects=True, timeout=30.0, verify=TRUST)
    )

    def pay(self) -> None:
        """Ask for the sum and send it, as the manner says."""
        branch, card = self.shop.branch, self.card
        told = self.shop.charge(card.external_id, card.amount_rial, {"mobile": card.mobile})
        if branch is None or told is None:
            return
        with self.http:
            rial = self._lent(told[1])
        if rial is None:
            self.seen.note("no sum was lent for a card")
            return
        self._send(branch, card.amount_rial if card.manner is CardManner.ROUND else rial)
        if card.manner is CardManner.TWICE:
            self._send(branch, rial)

    def _send(self, branch: Branch, rial: int) -> None:
        branch.take(Came(kind=CARD, rial=rial), late=self.card.manner is CardManner.LATE)
        self.seen.note("sent from card to card")

    def _lent(self, pay_url: str) -> int | None:
        tabs = 2 if self.card.manner is CardManner.TWO_TABS else 1
        with ThreadPoolExecutor(tabs) as browser:
            sums = set(browser.map(lambda _n: self._asked(pay_url), range(tabs))) - {None}
        assert len(sums) <= 1, f"two tabs were lent two sums: {sums}"
        return next(iter(sums), None)

    def _asked(self, pay_url: str) -> int | None:
        """Press «card to card» until the page tells a sum."""
        path = f"{httpx.URL(pay_url).path}transfer/"
        for _try in range(_PATIENCE):
            page = self._look(lambda: self.http.get(pay_url))
            form = form_to(page.text, path) if page is not None else None
            if page is not None and form is not None:
                page = self._look(partial(self._press, page, form))
            told = _SUM.search(page.text) if page is not None else None
            if told is not None:
                return int(_TAG.sub("", told.group(1)))
            time.sleep(_PAUSE_S)
        return None

    def _press(self, page: httpx.Response, form: Form) -> httpx.Response:
        return self.http.post(
            urljoin(str(page.url), form.action),
            data=form.fields | {"by": "card"},
            headers={"Referer": str(page.url)},
        )

    def _look(self, look: Callable[[], httpx.Response]) -> httpx.Response | None:
        try:
            page = look()
        except httpx.TransportError:
            self.seen.note("a page did not answer")
            return None
        return page if page.is_success else None
