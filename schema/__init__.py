"""The nouns of the API."""

from schema import import_words, words  # noqa: F401  (a type keeps the enum it first meets: the described one must come before it)
