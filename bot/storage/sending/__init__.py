"""What goes out, and what became of it."""
