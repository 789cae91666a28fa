"""The integrator's bench: talk to content, test it, draw it, explain what it did."""
