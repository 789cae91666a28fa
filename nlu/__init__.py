"""Words in, meaning out: pure, offline, deterministic. Knows nothing of `bot`."""
