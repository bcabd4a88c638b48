"""Gift cards and coupons that stand for part of a payment.

The modules are imported one by one: ending a payment lets go of what is held for it, and holding
something for a payment needs the payment.
"""
