"""The Zarinpal v4 dialect, from its documented facts."""
