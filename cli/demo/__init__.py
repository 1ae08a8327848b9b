"""The demo: neighbours of the product that run on loopback, so that everything can be tried without an account."""
