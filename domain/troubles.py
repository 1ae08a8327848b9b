"""A neighbour failed us: workers try again later, callers are told so."""


class Trouble(Exception):
    """The database, the carrier or another neighbour could not answer now."""


class TimedOut(Trouble):
    """The answer would have taken longer than the caller may wait."""
