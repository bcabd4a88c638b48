"""Presents of rules: priced before they are promised, given with a sale, taken back with it."""
