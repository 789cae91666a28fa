"""What comes in beside plain words, and what words mean: voice, files, forms, late and too many messages."""
