"""The verbs of the business: the only writers."""
