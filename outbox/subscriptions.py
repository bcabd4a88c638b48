"""Who hears what: filled by each app's `subscribers.py`, read by publish and deliver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from outbox.events import DomainEvent, Recorded

E = TypeVar("E", bound=DomainEvent)


class Ordinary(Protocol[E]):
    """Handles one event after commit, at least once."""

    def __call__(self, event: Recorded[E], *, now: datetime) -> None: ...


class Together(Protocol[E]):
    """Handles all events of one publish call, in the publisher's transaction."""

    def __call__(self, events: Sequence[Recorded[E]], *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber of one event type."""

    event: type[DomainEvent]
    name: str
    handler: Callable[..., None]
    in_transaction: bool
    unscoped: bool
    when: Callable[[Any, datetime], bool] | None = None
    whole: bool = False
    on_request: bool = False

    def wants(self, event: DomainEvent, now: datetime) -> bool:
        """Tell whether this subscriber cares about this very event."""
        return self.when is None or self.when(event, now)


_by_event: dict[str, list[Subscription]] = {}
_by_key: dict[tuple[str, str], Subscription] = {}


class AlreadySubscribed(RuntimeError):
    """Two different handlers claim the same subscriber name for one event."""


def subscribe(
    event: type[DomainEvent],
    *,
    name: str,
    in_transaction: bool = False,
    unscoped: bool = False,
    when: Callable[[Any, datetime], bool] | None = None,
    whole: bool = False,
    on_request: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler of an event under a stable name.

    Ordinary handlers take one `Recorded` event inside `acting_for`; `in_transaction` ones take
    the list; `unscoped` ones run with no transaction open, for work that calls the wire. `when`
    spares a delivery for events this handler would ignore; it must depend on nothing but its
    arguments. `whole` says of an `in_transaction` one that each of its statements leaves every
    deferred constraint satisfied, so that they may be checked as it goes. `on_request`: only the
    events of businesses that asked for them (`outbox.operations.hear_only`) get a delivery.
    """

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        key = (event.name, name)
        if key in _by_key and _by_key[key].handler is not handler:
            raise AlreadySubscribed(f"{name} already hears {event.name}")
        subscription = Subscription(
            event, name, handler, in_transaction, unscoped, when, whole, on_request
        )
        _by_key[key] = subscription
        _by_event.setdefault(event.name, []).append(subscription)
        return handler

    return register


def unsubscribe(event: type[DomainEvent], *, name: str) -> None:
    """Remove a subscriber; lets tests register handlers of their own."""
    subscription = _by_key.pop((event.name, name))
    _by_event[event.name].remove(subscription)


def subscribers_of(event_name: str) -> list[Subscription]:
    """Return the subscriptions of an event, in order of registration."""
    return _by_event.get(event_name, [])


def subscription(event_name: str, subscriber: str) -> Subscription | None:
    """Return one subscription, or None when no code answers to that name any more."""
    return _by_key.get((event_name, subscriber))
