"""The verbs of the API: root fields, and the executor that compiles them."""
