"""The run as a part of docs/benchmarks.md."""

from collections.abc import Iterable
from typing import Final

from benchmarks.chaos.findings import Tally
from benchmarks.chaos.plan import FAULTY_OF_HUNDRED
from benchmarks.chaos.story import Outcome, Storm
from benchmarks.report import Part, Row

_GONE: Final = {"payout": "paid out", "refund to an account": "refunded to accounts"}


def part_of(storm: Storm, outcome: Outcome) -> Part:
    """Return the part."""
    return Part(
        letter="g",
        title="Chaos: processes killed, Redis emptied, providers faulty",
        goal="nothing lost, nothing doubled, every rial explained",
        rows=[*_of_storm(storm), *_of_money(outcome), *_of_rows(outcome)],
        notes=_notes(storm),
    )


def _of_storm(storm: Storm) -> list[Row]:
    size = storm.plan.size
    faulty = 100 * storm.faulty / max(storm.calls, 1)
    return [
        Row(
            "asked for",
            f"{size.payments:,} payments, {size.later:,} in instalments at a partner,"
            f" {size.refunds:,} to give back, {size.debits:,} debits, {size.debit_refunds:,} of"
            f" them to give back, {size.deposits:,} deposits at a provider,"
            f" {size.transfers:,} to an own account, {size.cards:,} from card to card,"
            f" {size.payouts:,} payouts",
            f"{storm.repeated:,} requests sent again, {storm.given_up} never answered",
        ),
        Row("struck meanwhile", f"{storm.blows.total():,} blows", _listed(storm.blows.items())),
        Row(
            "calls to providers while they were faulty",
            f"{storm.calls:,}",
            f"{storm.faulty:,} faulty ({faulty:.0f} %)",
        ),
    ]


def _of_money(outcome: Outcome) -> list[Row]:
    verdict = outcome.verdict
    open_rial = verdict.with_a_person_rial
    with_a_person = f", with a person: {open_rial:,}" if open_rial else ""
    return [
        *(_tallied(f"taken in by {kind}", tally) for kind, tally in _sorted(verdict.taken_in)),
        *(_tallied(_gone(kind), tally) for kind, tally in _sorted(verdict.given_back)),
        *(_tallied(f"in the books aside: {what}", one) for what, one in _sorted(verdict.aside)),
        *(_tallied(f"explained: {what}", tally) for what, tally in _sorted(verdict.explained)),
        Row(
            "in the shops' accounts at the bank",
            f"{outcome.bank.shops_rial:,} rial",
            f"in our books: {outcome.books_rial:,}",
        ),
        Row(
            "kept by the bank as fees",
            f"{outcome.bank.fees_rial:,} rial",
            f"in our books: {outcome.books_fees_rial:,}",
        ),
        Row(
            "both together",
            f"{outcome.bank.shops_rial + outcome.bank.fees_rial:,} rial",
            f"in our books: {outcome.books_rial + outcome.books_fees_rial:,}{with_a_person}",
        ),
        Row("lost, doubled, invented", f"**{_wrong(outcome)}**"),
        Row("trial balance of the journal", f"{outcome.trial_balance_rial} rial"),
    ]


def _of_rows(outcome: Outcome) -> list[Row]:
    return [
        Row(f"our {kind}s: {state}", f"{count:,}", f"{rial:,} rial")
        for kind, state, count, rial in outcome.states
    ]


def _notes(storm: Storm) -> list[str]:
    return [
        f"""Seed {storm.plan.seed} (CHAOS_SEED) repeats who buys what, how, and which fault comes
        next; the moment a process dies in is the machine's. Web and workers are the Procfile's, the
        bank is the sandbox over HTTP with {FAULTY_OF_HUNDRED} % of all calls faulty.""",
        f"""The storm took {storm.storm_s:.0f} s; {storm.caught_up_s:.0f} s later the workers had
        done what was due. Then the clock of the bank and ours went {storm.moves:,} times to the
        next due moment, sixteen days on, in {storm.calm_s:.0f} s.""",
        f"What buyers met: {_listed(storm.seen.counts.most_common())}.",
        """A provider that tells no fee when it confirms has it in the shop's account in our books
        until its report comes; what is compared is both together.""",
        """Compared: every movement at the bank (payment, pay-later payment, debit, deposit, line of
        an own account) with exactly one row of ours and the journal's postings for it; every return
        and every transfer to an account at the bank with exactly one part of a refund or payout and
        its postings, and the other way round; per payment, debit and invoice one movement at most;
        what an own account holds with the lines heard of it; purchase, points, survey and event
        once each; `check_invariants`.""",
        """Payouts and refunds to accounts ask a bank whose the account is, and wait for one or two
        people where it is not the payer's or nobody can tell. Six in a hundred of them never
        arrive, as many come back a day later. Wallets are filled only after the storm. The second
        source of deposits is an account of the shop's own: identifiers it makes itself, and
        statements that overlap, come twice and come late.""",
        """A call is one that a provider's door took between the first fault ordered and the moment
        they were lifted. Browsers at a bank's page, transfers between banks, and the bank's own
        messages are no calls of ours; nothing of them can be faulty. Setting up (mandates) was done
        before.""",
    ]


def _wrong(outcome: Outcome) -> str:
    verdict = outcome.verdict
    return f"{len(verdict.lost)}, {len(verdict.doubled)}, {len(verdict.invented)}"


def _gone(kind: str) -> str:
    return _GONE.get(kind, f"refunded of {kind}")


def _tallied(what: str, tally: Tally) -> Row:
    return Row(what, f"{tally.count:,}", f"{tally.rial:,} rial")


def _sorted(tallies: dict[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(tallies.items(), key=lambda item: -item[1].count)


def _listed(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts)
