"""Conversations as staff see and change them, and who may."""
