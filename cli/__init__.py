"""The one door: reads settings, composes the parts, starts a process."""
