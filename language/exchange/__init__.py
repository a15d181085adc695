"""Files of other programs, read as our things and written from them."""
