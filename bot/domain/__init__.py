"""Nouns and rules of a practice: pure, frozen, without any library that talks to the world."""
