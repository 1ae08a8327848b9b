"""The nouns of the API."""

from schema import campaign_words, compliance_words, enrollment_words, import_words, task_words, words, work_words  # noqa: F401  (a type keeps the enum it first meets: the described one must come before it)
