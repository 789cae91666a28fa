"""Figures, people and the trail, for those who run the practice."""
