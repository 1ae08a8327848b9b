"""Prompts: what they are made of, how they read, how they change, and how they do."""
