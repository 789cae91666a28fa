"""The staff inbox: its page, its stream, and everything that staff press."""
