"""How people come in: links, passwords with codes, their own service."""
