"""The commands of `chairside`, by what they are for. command_line.py puts them together."""
