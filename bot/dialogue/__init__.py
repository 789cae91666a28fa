"""The dialogue engine: a pure function over frozen values. No clock, no I/O, no randomness."""
