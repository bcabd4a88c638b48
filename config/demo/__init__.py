"""What `make demo` runs: everything at once, until Ctrl-C."""
