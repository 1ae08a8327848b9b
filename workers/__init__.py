"""What wakes us from inside: the queues and the clock."""
