"""The payment gateway, PPG v3."""
