"""`python -m benchmarks [a … p] [--quick] [--keep]`: measure, print, write the document."""

import argparse
import os
import time
from collections.abc import Callable
from importlib import import_module
from typing import Final

from benchmarks import stage

PARTS: Final = {
    "a": ("benchmarks.sale", "run_single"),
    "b": ("benchmarks.sale", "run_batch"),
    "c": ("benchmarks.history", "run"),
    "d": ("benchmarks.scoring", "run"),
    "e": ("benchmarks.home", "run"),
    "f": ("benchmarks.debits", "run"),
    "g": ("benchmarks.chaos", "run"),
    "h": ("benchmarks.callback", "run"),
    "i": ("benchmarks.replay", "run"),
    "j": ("benchmarks.tills", "run"),
    "k": ("benchmarks.tills", "run_rush"),
    "l": ("benchmarks.lots", "run"),
    "m": ("benchmarks.expiry", "run"),
    "n": ("benchmarks.staying", "run"),
    "o": ("benchmarks.night", "run"),
    "p": ("benchmarks.previews", "run"),
}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        choices=[*PARTS, []],
        metavar="part",
        help="a sale, b batch, c import, d scoring, e home page, f debits, g chaos, h return"
        " from the bank, i replay of a year, j accrue and redeem, k one balance, l many lots,"
        " m expiry, n who comes back, o a whole night, p previews of segments; all by default",
    )
    parser.add_argument("--quick", action="store_true", help="smaller and shorter, less exact")
    parser.add_argument("--keep", action="store_true", help="keep the data for the next run")
    return parser.parse_args()


def main() -> None:
    """Run the parts asked for."""
    asked = _asked()
    stage.set_up()
    from benchmarks import report  # noqa: PLC0415 - after the environment is set

    for letter in asked.parts or PARTS:
        load, began = os.getloadavg()[0], time.monotonic()
        print(f"({letter}) load average {load:.2f}", flush=True)
        module, name = PARTS[letter]
        run: Callable[..., report.Part] = getattr(import_module(module), name)
        part = run(quick=asked.quick)
        report.keep(part, load=load, seconds=time.monotonic() - began, quick=asked.quick)
        print(report.table(part), flush=True)
    if not asked.keep:
        stage.clear()


if __name__ == "__main__":
    main()
