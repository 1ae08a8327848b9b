"""What plain code finds in a text that is about to be sent."""
