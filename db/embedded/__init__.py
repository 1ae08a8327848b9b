"""A PostgreSQL server of our own, for those who have none: started with the process and ended with it."""
