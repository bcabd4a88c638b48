"""The Zibal dialect: its gateway, and the refunds of its platform."""
