"""What the practice says first: planned, decided on when due, answered; and who is telephoned."""
