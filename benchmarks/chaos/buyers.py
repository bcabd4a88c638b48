"""Buyers with browsers: they press pay, pay at the bank and come back, or behave worse.

They press what `payments.management.buyer` presses, and reload what does not answer.
"""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urljoin

import httpx

from benchmarks.chaos.api import TRUST
from benchmarks.chaos.plan import Conduct, Sale
from payments.management.buyer import Form, form_to, only_form

_PATIENCE: Final = 12
_PAUSE_S: Final = (0.1, 0.8)
_AT_ONCE: Final = 4
_OK_CARD, _EMPTY_CARD = "success", "insufficient_funds"
_LOST_CARD: Final = "callback_lost"
_LATER: Final = "#later"
_LOOKS: Final = 3


@dataclass(frozen=True, slots=True)
class Way:
    """How the bank sends a browser back."""

    method: str
    url: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """What buyers met, counted."""

    counts: Counter[str] = field(default_factory=Counter)

    def note(self, what: str) -> None:
        """Count one more."""
        self.counts[what] += 1


class Buyer:
    """One browser, and a conduct."""

    def __init__(self, sale: Sale, pay_url: str, seen: Seen) -> None:
        self.sale = sale
        self.pay_url = pay_url
        self.seen = seen
        self.dice = Random(sale.seed)
        self.http = httpx.Client(follow_redirects=True, timeout=30.0, verify=TRUST)

    def go(self) -> None:
        """Buy as the sale's conduct says."""
        with self.http:
            _WAYS[self.sale.conduct](self)

    def pays(self) -> None:
        self._come_back(self._pay(self._to_bank(), _OK_CARD))

    def comes_back_often(self) -> None:
        way = self._pay(self._to_bank(), _OK_CARD)
        if way is None:
            return
        with ThreadPoolExecutor(_AT_ONCE) as browsers:
            list(browsers.map(lambda _n: self._come_back(way), range(_AT_ONCE)))
        self._come_back(way)

    def is_lost(self) -> None:
        self._pay(self._to_bank(), _LOST_CARD)

    def tries_again(self) -> None:
        self._pay(self._to_bank(), _LOST_CARD)
        self._come_back(self._pay(self._to_bank(), _OK_CARD))

    def two_tabs(self) -> None:
        with ThreadPoolExecutor(2) as tabs:
            pages = list(tabs.map(lambda _n: self._to_bank(), range(2)))
            ways = list(tabs.map(lambda page: self._pay(page, _OK_CARD), pages))
            list(tabs.map(self._come_back, ways))

    def is_refused(self) -> None:
        self._pay(self._to_bank(), _EMPTY_CARD)
        self._come_back(self._pay(self._to_bank(), _OK_CARD))

    def gives_up(self) -> None:
        self._come_back(self._pay(self._to_bank(), "cancel"))

    def leaves(self) -> None:
        self._to_bank()

    def _to_bank(self) -> httpx.Response | None:
        """Press pay until the bank's page is there; None when there is nothing to pay (yet)."""
        for _try in range(_PATIENCE):
            page = self._patiently(lambda: self.http.get(self.pay_url))
            if page is not None and "/receipt/" not in page.url.path:
                page = self._pressed(page)
            if page is not None and _is_bank(page):
                return page
            if page is not None and "/receipt/" in page.url.path:
                self.seen.note("sent to the receipt instead of the bank")
                return None
            self._wait()
        self.seen.note("gave up pressing pay")
        return None

    def _pressed(self, page: httpx.Response) -> httpx.Response | None:
        """Press the page's button, and the one of the page in between where a bank wants a form."""
        try:
            page = self._send(page, self._button(page))
            if page.is_success and not _is_bank(page) and 'id="to-bank"' in page.text:
                page = self._send(page, only_form(page.text))
        except httpx.TransportError:
            self.seen.note("a page did not answer")
            return None
        except LookupError:
            return None
        return page

    def _button(self, page: httpx.Response) -> Form:
        """Return the form of the way chosen; who is not offered to pay later pays now."""
        for _look in range(_LOOKS if self.sale.later else 0):
            form = form_to(page.text, _LATER)
            if form is not None:
                form.fields["by"] = "later"
                return form
            page = self.http.get(self.pay_url)
        if self.sale.later:
            self.seen.note("paying later was not offered")
        return only_form(page.text)

    def _pay(self, page: httpx.Response | None, card: str) -> Way | None:
        """Use a card at the bank; return the way back, None when the bank shows none."""
        if page is None:
            return None
        try:
            form = only_form(page.text)
        except LookupError:
            return None
        form.fields |= {"action": "cancel"} if card == "cancel" else {"card": card}
        answer = self._send(page, form, follow=False)
        self.seen.note(f"at the bank: {card}" if answer.status_code < 400 else "bank: closed")  # noqa: PLR2004
        if answer.has_redirect_location:
            return Way("GET", urljoin(str(answer.url), answer.headers["location"]))
        if answer.is_success and "data-submit" in answer.text:
            back = only_form(answer.text)
            return Way(back.method, urljoin(str(answer.url), back.action), back.fields)
        return None

    def _come_back(self, way: Way | None) -> None:
        """Follow the bank's way to the receipt, reloading what does not answer."""
        if way is None:
            return
        page = self._patiently(
            lambda: self.http.request(
                way.method, way.url, data=way.fields if way.method == "POST" else None
            )
        )
        self.seen.note("back at the shop" if page is not None else "never came back")

    def _send(self, page: httpx.Response, form: Form, *, follow: bool = True) -> httpx.Response:
        return self.http.request(
            form.method,
            urljoin(str(page.url), form.action),
            data=form.fields,
            headers={"Referer": str(page.url)},
            follow_redirects=follow,
        )

    def _patiently(self, look: Callable[[], httpx.Response]) -> httpx.Response | None:
        for _try in range(_PATIENCE):
            try:
                page = look()
                if not page.is_server_error:
                    return page
            except httpx.TransportError:
                self.seen.note("a page did not answer")
            self._wait()
        return None

    def _wait(self) -> None:
        time.sleep(self.dice.uniform(*_PAUSE_S))


_WAYS: Final[dict[Conduct, Callable[[Buyer], None]]] = {
    Conduct.PAYS: Buyer.pays,
    Conduct.COMES_BACK_OFTEN: Buyer.comes_back_often,
    Conduct.IS_LOST: Buyer.is_lost,
    Conduct.TRIES_AGAIN: Buyer.tries_again,
    Conduct.TWO_TABS: Buyer.two_tabs,
    Conduct.IS_REFUSED: Buyer.is_refused,
    Conduct.GIVES_UP: Buyer.gives_up,
    Conduct.LEAVES: Buyer.leaves,
}


def _is_bank(page: httpx.Response) -> bool:
    return page.is_success and 'action="/bank/' in page.text
