"""How well customers suit the business: reckoned, read and told (C107)."""
