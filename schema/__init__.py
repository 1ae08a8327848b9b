"""The nouns of the API."""

from schema import (  # noqa: F401  (a type keeps the enum it first meets: the described one must come before it)
    campaign_words,
    compliance_words,
    draft_words,
    enrollment_words,
    import_words,
    learning_words,
    replay_words,
    task_words,
    words,
    work_words,
)
