"""The Vandar dialect: its gateway; the panel's families have modules of their own."""
