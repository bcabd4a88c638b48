"""The SnappPay dialect: a cart, a verification, a settlement, and smaller carts afterwards."""
