"""The actions themselves, and the machinery that writes what creates, updates and deletes ask for."""
