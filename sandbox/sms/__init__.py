"""The SMS centre, in the Kavenegar dialect."""
