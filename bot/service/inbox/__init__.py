"""What people do: conversations as staff see them, who has one, what they write, note, book and switch."""
