"""The outside world: carriers behind one small protocol."""
