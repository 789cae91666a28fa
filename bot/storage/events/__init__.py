"""What came in, and from whom."""
