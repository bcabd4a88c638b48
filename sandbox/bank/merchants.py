"""What the bank knows of a merchant: nothing, until /control/merchants says otherwise."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Policy(StrEnum):
    """What becomes of a payment that nobody verified."""

    AUTO_RETURN = "AUTO_RETURN"
    KEPT = "KEPT"
    AUTO_FINAL = "AUTO_FINAL"


class VerifyUnit(StrEnum):
    """Which unit verify's amount has when the payment was asked for in toman (sources disagree)."""

    SAME = "same"
    RIAL = "rial"


@dataclass(frozen=True, kw_only=True, slots=True)
class Merchant:
    """A terminal's settings. `refusal` is a provider code every call of it then gets.

    `window_seconds` None: unverified money waits as long as its provider lets it.
    """

    merchant_id: str
    window_seconds: int | None = None
    policy: Policy = Policy.AUTO_RETURN
    verify_unit: VerifyUnit = VerifyUnit.SAME
    refusal: int | None = None
    callback_domain: str | None = None
    reverse_allowed: bool = True


def merchant(db: sqlite3.Connection, merchant_id: str) -> Merchant:
    """Return a merchant's settings; whoever is not known yet has the usual ones."""
    unknown = Merchant(merchant_id=merchant_id)
    row = db.execute("SELECT * FROM merchants WHERE merchant_id = ?", (merchant_id,)).fetchone()
    if row is None:
        return unknown
    return replace(
        unknown,
        window_seconds=row["window_seconds"],
        policy=Policy(row["policy"]),
        verify_unit=VerifyUnit(row["verify_unit"]),
        refusal=row["refusal"],
        callback_domain=row["callback_domain"],
        reverse_allowed=bool(row["reverse_allowed"]),
    )


def changed(before: Merchant, wanted: Mapping[str, object]) -> Merchant:
    """Return settings with some of them changed; raise ValueError for what makes no sense."""
    domain = wanted.get("callback_domain", before.callback_domain)
    return replace(
        before,
        policy=Policy(str(wanted.get("policy", before.policy))),
        window_seconds=_whole(wanted, "window_seconds", before.window_seconds),
        verify_unit=VerifyUnit(str(wanted.get("verify_unit", before.verify_unit))),
        refusal=_whole(wanted, "refusal", before.refusal),
        callback_domain=None if domain is None else str(domain),
        reverse_allowed=bool(wanted.get("reverse_allowed", before.reverse_allowed)),
    )


def _whole(wanted: Mapping[str, object], name: str, before: int | None) -> int | None:
    value = wanted.get(name, before)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        msg = f"{name} must be a whole number"
        raise ValueError(msg)
    return value or None


def keep_merchant(db: sqlite3.Connection, settings: Merchant) -> None:
    """Store a merchant's settings, replacing the ones before."""
    db.execute(
        "INSERT OR REPLACE INTO merchants (merchant_id, policy, window_seconds, verify_unit,"
        " refusal, callback_domain, reverse_allowed) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            settings.merchant_id,
            settings.policy.value,
            settings.window_seconds,
            settings.verify_unit.value,
            settings.refusal,
            settings.callback_domain,
            int(settings.reverse_allowed),
        ),
    )
