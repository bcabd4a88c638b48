"""The bank behind the provider: cards, merchants, payments and who holds the money."""
