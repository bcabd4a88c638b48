"""How a buyer's browser goes back from the bank to the shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit, urlunsplit


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A return: an address to go to, or a form to send there."""

    url: str
    method: str = "GET"
    fields: Mapping[str, str] = field(default_factory=dict)


def by_query(url: str, fields: Mapping[str, str]) -> Way:
    """Return a redirect with the fields added to the address's own."""
    address = urlsplit(url)
    added = urlencode(fields)
    query = f"{address.query}&{added}" if address.query else added
    return Way(url=urlunsplit(address._replace(query=query)))


def by_form(url: str, fields: Mapping[str, str]) -> Way:
    """Return a form the browser sends by itself."""
    return Way(url=url, method="POST", fields=dict(fields))
