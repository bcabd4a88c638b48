"""Which parts of the product are on, and which addresses belong to each (capability C090).

Every app says at start-up which of its addresses belong to a module, and what of it customers still
hold: a module they hold something of cannot be switched off.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from businesses.enums import Module
from businesses.queries.tenants import business_by_id
from core.errors import Sentence
from core.tenancy import active_business_id

API: Final = "api/v1/"
PAGES: Final = "b/<slug:slug>/"

# Returns why a module cannot be switched off now, or None.
Guard = Callable[[datetime], Sentence | None]

_routes: dict[str, Module] = {}
_guards: dict[Module, list[Guard]] = {}


def register_module(
    module: Module,
    *,
    api: Iterable[str] = (),
    pages: Iterable[str] = (),
    guard: Guard | None = None,
) -> None:
    """Say which addresses are a module's, by how they begin, and what keeps it on."""
    _routes.update({f"{API}{start}": module for start in api})
    _routes.update({f"{PAGES}{start}": module for start in pages})
    known = _guards.setdefault(module, [])
    if guard is not None and guard not in known:
        known.append(guard)


def module_of(route: str) -> Module | None:
    """Return the module an address belongs to, or None for what always stands."""
    starts = (start for start in _routes if _within(route, start))
    longest = max(starts, key=len, default=None)
    return _routes[longest] if longest is not None else None


def module_routes() -> dict[str, Module]:
    """Return {how an address begins: its module}."""
    return dict(_routes)


def module_is_on(module: Module) -> bool:
    """Tell whether a module of the active business is on; up to a minute old."""
    return business_by_id(active_business_id()).has(module)


def why_on(module: Module, now: datetime) -> Sentence | None:
    """Return why a module of the active business cannot be switched off, or None."""
    reasons = (guard(now) for guard in _guards.get(module, []))
    return next((reason for reason in reasons if reason is not None), None)


def _within(route: str, start: str) -> bool:
    return route == start or route.startswith(start.rstrip("/") + "/")
