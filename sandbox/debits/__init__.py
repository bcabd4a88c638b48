"""Direct debit at the bank: customers' accounts, what they signed, what was taken."""
