"""What was learned from data: models that are loaded, asked and fitted."""
