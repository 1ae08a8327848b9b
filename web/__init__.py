"""What wakes us from outside: requests, webhooks and sockets."""
