"""The Behpardakht Mellat dialect: SOAP, verify and then settle."""
