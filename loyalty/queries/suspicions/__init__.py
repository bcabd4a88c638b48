"""Signs that points may have been misused: how they are found, told and proved."""
