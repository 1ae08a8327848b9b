"""Thinking: what Sophie notices in a text."""
