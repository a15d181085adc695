"""Reading human language by code, without a model."""
