"""Which system account a server runs under: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user to run as, and the words to put before a command so that it does."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def own(self, path: Path) -> None:
        """Create the directory for this account alone."""
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)


def server_account(data: Path) -> Account:
    """Ourselves, or for root the owner of existing data, else an unprivileged account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = data.stat().st_uid if data.exists() else 0
    entry = pwd.getpwuid(owner) if owner else _unprivileged()
    return Account(entry.pw_uid, entry.pw_gid, _drop_to(entry))


def _unprivileged() -> pwd.struct_passwd:
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(names[name] for name in UNPRIVILEGED if name in names)


def _drop_to(entry: pwd.struct_passwd) -> tuple[str, ...]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        message = (
            "As root, the embedded PostgreSQL needs setpriv (util-linux); or set DATABASE_URL."
        )
        raise RuntimeError(message)
    # Root's home and temporary directories are closed to others. Keeping this one capability
    # lets the server reach its data there without us loosening anyone's permissions.
    reach = "+dac_override"
    return (
        setpriv,
        f"--reuid={entry.pw_uid}",
        f"--regid={entry.pw_gid}",
        "--clear-groups",
        f"--inh-caps={reach}",
        f"--ambient-caps={reach}",
    )
