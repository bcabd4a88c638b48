"""Chaos: thousands of payments and debits while processes are killed and providers misbehave.

Afterwards the bank's ledger and ours are compared rial by rial. `run` is part (g).
"""

from benchmarks.chaos.run import run

__all__ = ["run"]
