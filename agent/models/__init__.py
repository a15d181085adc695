"""Language models: how each provider is spoken to, what is done when it fails, and what it may cost."""
