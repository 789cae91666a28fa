"""That the desk itself is well: loops watched over, load measured, silence noticed."""
