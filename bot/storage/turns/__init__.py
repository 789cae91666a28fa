"""Conversations under a claim, what their turns came to, and who waits for a person."""
