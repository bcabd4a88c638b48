"""Wiring only: settings, addresses, workers, embedded services. Nobody imports this package."""
