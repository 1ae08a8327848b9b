"""Telling: pokes, the tail of the events table, the hub and the feed."""
