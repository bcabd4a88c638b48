"""Deterministic recognition: which customer a payer is, and what is newly known of them.

Rules (reference C004, R57): identities are tried in the order of `IdentityKind`; a verified one
outranks an unverified one. Identities that point to different customers never merge them: the
strongest wins and the doubt is noted. A card decides nothing beside another identity, because
families share cards and the next in the queue is typed for the one who paid. By itself it stands
for its owner once two payments agreed on them and nobody else was seen with it; until then who
pays by it alone is a stranger, whose profile waits until a person says who it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.ids import new_id, new_spoken_code
from core.text import search_key
from customers.enums import CustomerStatus, IdentityKind, TimelineKind
from customers.operations.people.payer import Identity, Payer
from customers.queries.identities import digest

_NEW = "new"
# Given out by us, or by the business's own system: nobody merely claims them at the till.
_VOUCHED = {IdentityKind.EXTERNAL_ID, IdentityKind.MEMBER_CODE}
_STRENGTH = [kind.value for kind in IdentityKind]


@dataclass(slots=True)
class Person:
    """A customer as far as recognition needs them; `purchases` counts those recorded so far."""

    id: UUID
    status: str
    name: str = ""
    mobile: str | None = None
    email: str | None = None
    member_code: str = ""
    purchases: int = 0
    is_new: bool = False
    was_provisional: bool = False

    def learn(self, payer: Payer, mine: set[IdentityKind]) -> bool:
        """Fill gaps from what the payer said, only with identities that are ours.

        Return whether anything changed. What is known is never overwritten here.
        """
        before = (self.name, self.mobile, self.email, self.status)
        self.name = self.name or payer.name
        if IdentityKind.MOBILE in mine:
            self.mobile = self.mobile or payer.mobile
        if IdentityKind.EMAIL in mine:
            self.email = self.email or payer.email
        if self.status == CustomerStatus.PROVISIONAL and mine - {IdentityKind.CARD}:
            self.status = CustomerStatus.ACTIVE.value
            self.was_provisional = True
        return before != (self.name, self.mobile, self.email, self.status)


@dataclass(slots=True)
class Owner:
    """Who an identity belongs to."""

    person: Person
    verified: bool


@dataclass(slots=True)
class Doubt:
    """How often two customers shared an identity, and of which kinds."""

    kinds: set[str] = field(default_factory=set)
    times: int = 0


@dataclass(slots=True)
class Register:
    """The customers that may be meant, and the rows that recognising them brings forth."""

    key: bytes
    source: str
    now: datetime
    owners: dict[bytes, Owner] = field(default_factory=dict)
    created: list[Person] = field(default_factory=list)
    changed: dict[UUID, Person] = field(default_factory=dict)
    identities: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    doubts: dict[tuple[UUID, UUID], Doubt] = field(default_factory=dict)
    # Cards that two payments agree on, and cards taken from whom only one payment named.
    agreed: list[dict[str, Any]] = field(default_factory=list)
    loosened: list[dict[str, Any]] = field(default_factory=list)

    def recognise(self, payer: Payer) -> tuple[Person, str]:
        """Return the customer and by what they were recognised ("new" when they were not)."""
        claims = self._claims(payer)
        if not claims:
            return self._create(payer), _NEW
        by, owner = claims[0]
        if payer.only_card and not _stands(owner):
            return self._stranger(payer, owner.person), _NEW
        person = owner.person
        if not payer.only_card:
            self._agree(person, payer)
        if len(payer.identities) > 1 or not person.name:
            self._learn(person, payer, f"with:{by.kind.value}")
        self._note_doubts(person, payer)
        return person, by.kind.value

    def _claims(self, payer: Payer) -> list[tuple[Identity, Owner]]:
        """Return identities with a known owner, strongest first."""
        known = [
            (identity, self.owners[identity.digest])
            for identity in payer.identities
            if identity.digest in self.owners
        ]
        if not payer.only_card:
            known = [claim for claim in known if claim[0].kind is not IdentityKind.CARD]
        return sorted(known, key=lambda claim: not claim[1].verified)  # stable: order kept

    def _create(self, payer: Payer) -> Person:
        status = CustomerStatus.PROVISIONAL if payer.only_card else CustomerStatus.ACTIVE
        code = payer.member_code or new_spoken_code()
        person = Person(
            new_id(), status.value, payer.name, payer.mobile, payer.email, code, is_new=True
        )
        self.created.append(person)
        if payer.member_code is None:
            kind = IdentityKind.MEMBER_CODE
            self._bind(person, Identity(kind, digest(self.key, kind, code), code[-4:]), "issued")
        for identity in payer.identities:
            if identity.digest not in self.owners:
                self._bind(person, identity, _NEW)
        self._note_doubts(person, payer)
        return person

    def _stranger(self, payer: Payer, named: Person) -> Person:
        """Return a profile of its own for whoever pays by a card that was named once."""
        [card] = payer.identities
        person = self._create(payer)
        self.owners[card.digest] = Owner(person, verified=False)
        waiting = self._waiting(card)
        if waiting is None:
            row = {"value": _bytea(card.digest), "was": named.id, "customer_id": person.id}
            self.loosened.append(row)
        else:
            waiting["customer_id"] = person.id
        return person

    def _waiting(self, identity: Identity) -> dict[str, Any] | None:
        """Return an identity's row that this very batch brings forth."""
        value = _bytea(identity.digest)
        return next((row for row in self.identities if row["value_hmac"] == value), None)

    def _agree(self, person: Person, payer: Payer) -> None:
        """Note the card that is seen a second time with the one it was bound to."""
        for identity in payer.identities:
            owner = self.owners.get(identity.digest)
            if identity.kind is not IdentityKind.CARD or owner is None or owner.verified:
                continue
            if self._shares_card(person):
                continue
            if owner.person is person:
                self._confirm(owner, identity)
            elif owner.person.status == CustomerStatus.PROVISIONAL:
                self.agreed.append(_agreed(identity, owner.person, person))

    def _shares_card(self, person: Person) -> bool:
        card = IdentityKind.CARD.value
        return any(person.id in pair and card in one.kinds for pair, one in self.doubts.items())

    def _confirm(self, owner: Owner, card: Identity) -> None:
        owner.verified = True
        waiting = self._waiting(card)
        if waiting is None:
            self.agreed.append(_agreed(card, owner.person, owner.person))
        else:
            waiting["verified_at"] = self.now

    def _bind(self, person: Person, identity: Identity, reason: str) -> None:
        verified = identity.kind in _VOUCHED
        self.owners[identity.digest] = Owner(person, verified)
        self.identities.append(
            {
                "id": new_id(),
                "customer_id": person.id,
                "kind": identity.kind.value,
                "value_hmac": _bytea(identity.digest),
                "hint": identity.hint,
                "reason": reason,
                "verified_at": self.now if verified else None,
            }
        )

    def _learn(self, person: Person, payer: Payer, reason: str) -> None:
        for identity in payer.identities:
            if identity.digest not in self.owners:
                self._bind(person, identity, reason)
        mine = {
            identity.kind
            for identity in payer.identities
            if self.owners[identity.digest].person is person
        }
        if person.learn(payer, mine) and not person.is_new:
            self.changed[person.id] = person

    def _note_doubts(self, person: Person, payer: Payer) -> None:
        """Note that identities of one payer belong to two customers; nobody is merged for it."""
        others: dict[UUID, set[str]] = {}
        for identity in payer.identities:
            other = self.owners[identity.digest].person
            if other is not person:
                others.setdefault(other.id, set()).add(identity.kind.value)
        for other_id, kinds in others.items():
            self._doubt(person.id, other_id, kinds)
            self.notes.append(
                {
                    "id": new_id(),
                    "customer_id": person.id,
                    "kind": TimelineKind.MERGE_SUGGESTION.value,
                    "data": {"other_id": str(other_id), "because": min(kinds, key=_STRENGTH.index)},
                    "source_ref": f"merge:{other_id}",
                }
            )

    def _doubt(self, one: UUID, other: UUID, kinds: set[str]) -> None:
        doubt = self.doubts.setdefault(_pair(one, other), Doubt())
        doubt.kinds |= kinds
        doubt.times += 1

    @property
    def activated(self) -> list[Person]:
        """Return the known customers who told who they are."""
        return [person for person in self.changed.values() if person.was_provisional]

    def customer_rows(self) -> list[dict[str, Any]]:
        """Return the rows of new customers."""
        return [_row(person) for person in self.created]

    def suggestion_rows(self) -> list[dict[str, Any]]:
        """Return the pairs of customers that may be one person."""
        return [
            {
                "id": new_id(),
                "first_id": pair[0],
                "second_id": pair[1],
                "because": sorted(doubt.kinds),
                "times": doubt.times,
            }
            for pair, doubt in self.doubts.items()
        ]

    def changed_rows(self) -> list[dict[str, Any]]:
        """Return the new particulars of known customers."""
        return [_row(person) for person in self.changed.values()]


def _pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)


def _stands(owner: Owner) -> bool:
    """Tell whether a card alone stands for its owner."""
    return owner.verified or owner.person.status == CustomerStatus.PROVISIONAL


def _agreed(card: Identity, was: Person, person: Person) -> dict[str, Any]:
    return {"value": _bytea(card.digest), "was": was.id, "customer_id": person.id}


def _bytea(digest: bytes) -> str:
    return "\\x" + digest.hex()


def _row(person: Person) -> dict[str, Any]:
    keys = search_keys(person.name)
    return {
        "id": person.id,
        "status": person.status,
        "name": person.name,
        "mobile": person.mobile,
        "email": person.email,
        "member_code": person.member_code,
        "search_key": keys[0],
        "family_key": keys[1],
    }


def search_keys(name: str) -> tuple[str, str]:
    """Return a name as it is searched from its beginning, and from its second word on."""
    whole = search_key(name)
    return whole, whole.partition(" ")[2]


def digests_of(payers: Iterable[Payer | None]) -> list[Identity]:
    """Return every identity of the payers once."""
    found = {i.digest: i for payer in payers if payer for i in payer.identities}
    return list(found.values())
