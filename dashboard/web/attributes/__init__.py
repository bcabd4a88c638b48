"""What the business knows of its customers: the list of attributes, and each customer's own."""

from dashboard.web.attributes.defining import attribute, attributes
from dashboard.web.attributes.of_customer import customer_attributes, particulars

__all__ = ["attribute", "attributes", "customer_attributes", "particulars"]
