"""Sessions, entities, selections, statements and migrations: everything that speaks SQL."""
