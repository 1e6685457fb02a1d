"""The API endpoint: one batch of actions in, one list of replies out."""
