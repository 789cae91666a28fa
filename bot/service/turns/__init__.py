"""One turn of one conversation at a time: who is next, what it hears, what it does, how it ends."""
