"""Magic amounts and receptors: values that call a fault by themselves, with no script.

Amounts are recognised by their last four digits in rial. All end in 99xx with a last digit other
than zero, so no price in whole toman is ever caught by accident.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox.faults import KINDS, Fault

ALWAYS: Final = 1_000_000
# Codes of Zarinpal that other dialects translate: an inner trouble, too many calls, a bank that
# cannot reverse.
OOPS: Final = -52
BUSY: Final = -12
CANNOT_REVERSE: Final = -60


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault of one operation, acted out the first `times` times for the same payment."""

    operation: str
    fault: Fault
    times: int = 1

    @property
    def meaning(self) -> str:
        """Say in Persian what happens."""
        detail = f" (کد {self.fault.code})" if self.fault.code is not None else ""
        return KINDS[self.fault.name].meaning + detail


def _named(name: str, code: int | None = None) -> Fault:
    return Fault(name=name, code=code)


AMOUNTS: Final = {
    9901: Spell("verify", _named("timeout_done")),
    9902: Spell("verify", _named("timeout_not_done")),
    9903: Spell("verify", _named("html_500")),
    9904: Spell("verify", _named("error_200", OOPS)),
    9905: Spell("verify", _named("bad_json")),
    9906: Spell("verify", _named("slow_body"), ALWAYS),
    9907: Spell("pay", _named("amount_tenfold"), ALWAYS),
    9908: Spell("verify", _named("fresh_twice"), ALWAYS),
    9909: Spell("verify", _named("data_list"), ALWAYS),
    9911: Spell("verify", _named("int_as_string"), ALWAYS),
    9912: Spell("verify", _named("http_429"), 2),
    9913: Spell("verify", _named("html_500_done")),
    9914: Spell("verify", _named("missing_field"), ALWAYS),
    9915: Spell("verify", _named("wrong_content_type"), ALWAYS),
    9916: Spell("verify", _named("persian_digits"), ALWAYS),
    9917: Spell("verify", _named("timeout_not_done"), ALWAYS),
    9918: Spell("verify", _named("error", BUSY)),
    9919: Spell("pay", _named("amount_part"), ALWAYS),
    9921: Spell("request", _named("html_500"), ALWAYS),
    9922: Spell("request", _named("timeout_done"), ALWAYS),
    9923: Spell("request", _named("http_429"), ALWAYS),
    9924: Spell("request", _named("error", BUSY), ALWAYS),
    9925: Spell("request", _named("bad_json"), ALWAYS),
    9931: Spell("inquiry", _named("timeout_not_done")),
    9932: Spell("inquiry", _named("html_500")),
    9941: Spell("reverse", _named("timeout_done")),
    9942: Spell("reverse", _named("error", CANNOT_REVERSE), ALWAYS),
    9943: Spell("reverse", _named("timeout_not_done")),
    9951: Spell("transfer", _named("transfer_fails"), ALWAYS),
    9952: Spell("transfer", _named("transfer_bounces"), ALWAYS),
    9953: Spell("transfer", _named("transfer_held"), ALWAYS),
    9961: Spell("refund", _named("timeout_done")),
    9962: Spell("refund", _named("timeout_not_done")),
    9963: Spell("refund", _named("html_500_done")),
    9971: Spell("payout", _named("timeout_done")),
    9972: Spell("payout", _named("timeout_not_done")),
    9981: Spell("verify", _named("success_reversed")),
    9982: Spell("pay", _named("failed_made_good"), ALWAYS),
}

# The last two digits of a receptor 0999000000xx; see sms/fates.py for those that change a message.
RECEPTORS: Final = {
    6: Spell("sms.send", _named("error", 411), ALWAYS),
    7: Spell("sms.send", _named("error", 418), ALWAYS),
    8: Spell("sms.send", _named("timeout_done"), ALWAYS),
    9: Spell("sms.send", _named("timeout_not_done"), ALWAYS),
    10: Spell("sms.send", _named("html_500"), ALWAYS),
    11: Spell("sms.send", _named("bad_json"), ALWAYS),
    12: Spell("sms.send", _named("error", 451), ALWAYS),
    15: Spell("sms.send", _named("html_500_done"), ALWAYS),
}
RECEPTOR_PREFIX: Final = "099900000"


def for_amount(
    db: sqlite3.Connection, *, operation: str, amount_rial: int, subject: str
) -> Fault | None:
    """Return the fault this amount calls for, counting its uses for `subject`."""
    spell = AMOUNTS.get(amount_rial % 10_000)
    if spell is None or spell.operation != operation:
        return None
    return _cast(db, spell, subject)


def for_receptor(db: sqlite3.Connection, *, operation: str, receptor: str) -> Fault | None:
    """Return the fault this receptor calls for."""
    spell = RECEPTORS.get(magic_number(receptor))
    if spell is None or spell.operation != operation:
        return None
    return _cast(db, spell, receptor)


def magic_number(receptor: str) -> int:
    """Return the last two digits of a magic receptor (09990000012 → 12), else 0."""
    is_magic = receptor.startswith(RECEPTOR_PREFIX) and len(receptor) == len("09990000012")
    return int(receptor[-2:]) if is_magic else 0


def _cast(db: sqlite3.Connection, spell: Spell, subject: str) -> Fault | None:
    row = db.execute(
        "INSERT INTO spells (subject, operation, uses) VALUES (?, ?, 1)"
        " ON CONFLICT (subject, operation) DO UPDATE SET uses = uses + 1 RETURNING uses",
        (subject, spell.operation),
    ).fetchone()
    return spell.fault if row["uses"] <= spell.times else None
