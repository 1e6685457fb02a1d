"""What a session is made of: configuration, start order, flags and the end."""
