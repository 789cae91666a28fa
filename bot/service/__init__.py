"""Use cases: everything between a webhook and a reply, only through ports."""
