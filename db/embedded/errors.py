"""What can go wrong with the embedded server, said so that a person can act on it."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message says what happened and what to do."""
