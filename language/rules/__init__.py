"""Rules: what words for repetition make, from the first "every" to the last exception."""
