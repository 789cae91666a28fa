"""The embedded diary, and what is kept of diaries elsewhere."""
