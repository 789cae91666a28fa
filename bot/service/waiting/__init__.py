"""Who waits for a person: what they were promised, who is told, what they hear when nobody came."""
