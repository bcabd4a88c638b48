"""A stand-alone simulated bank, payment provider and SMS centre. No money, no messages leave it."""
