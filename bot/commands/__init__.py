"""The commands of `chairside`, by what they are for. bot/__main__.py puts them together."""
