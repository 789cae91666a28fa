"""Messages that the practice begins, and calls to be made."""
