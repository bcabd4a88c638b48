"""The Jibit PIP dialect: identified deposits, from what is known of it."""
