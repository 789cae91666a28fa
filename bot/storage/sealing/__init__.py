"""What nobody reads without a key."""
