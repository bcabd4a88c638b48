"""`python -m sandbox`: become the server, so that signals sent to this process reach it."""

import os
import sys


def main() -> None:
    """Replace this process by gunicorn."""
    server = [sys.executable, "-m", "gunicorn", "--config", "python:sandbox.serving"]
    os.execv(sys.executable, server)  # noqa: S606 - a fixed command, no shell is wanted


if __name__ == "__main__":
    main()
