"""A buyer without a screen: follows links and sends forms as a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final, Self
from urllib.parse import urljoin

import httpx

_CHOOSABLE: Final = {"radio", "checkbox"}


@dataclass(slots=True)
class Form:
    """A form as it stands on a page: where it goes and what it already holds."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects a page's forms with their hidden and checked fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("method", "get").upper(), said.get("action", "")))
        elif tag == "input" and self.forms and "name" in said and _is_filled(said):
            self.forms[-1].fields[said["name"]] = said.get("value", "")


class Buyer:
    """One browser with its cookies; `page` is what it looks at now."""

    def __init__(self) -> None:
        self._client = httpx.Client(follow_redirects=True, timeout=30.0)
        self.page: httpx.Response | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def look_at(self, url: str) -> httpx.Response:
        """Open an address."""
        self.page = self._client.get(url)
        self.page.raise_for_status()
        return self.page

    def send_form(self, **filled: str) -> httpx.Response:
        """Fill in and send the only form of the page. Raises LookupError without one."""
        if self.page is None:
            raise LookupError("no page is open")
        form = only_form(self.page.text)
        url = urljoin(str(self.page.url), form.action)
        headers = {"Referer": str(self.page.url)}
        self.page = self._client.request(
            form.method, url, data=form.fields | filled, headers=headers
        )
        self.page.raise_for_status()
        return self.page


def only_form(html: str) -> Form:
    """Return the page's form: of several the one that goes back to the page itself.

    Raises LookupError when it has none, or several.
    """
    posting = _to_send(html)
    own = posting if len(posting) == 1 else [form for form in posting if not form.action]
    if len(own) != 1:
        raise LookupError(f"{len(posting)} forms to send on this page")
    return own[0]


def form_to(html: str, action: str) -> Form | None:
    """Return the page's form that goes to an address, None when there is none."""
    return next((form for form in _to_send(html) if form.action == action), None)


def _to_send(html: str) -> list[Form]:
    reader = _Forms()
    reader.feed(html)
    return [form for form in reader.forms if form.method == "POST"]


def _is_filled(said: dict[str, str]) -> bool:
    return said.get("type") not in _CHOOSABLE or "checked" in said
