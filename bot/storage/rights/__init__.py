"""What a person may ask of us: to see what is kept of them, and to have it erased."""
