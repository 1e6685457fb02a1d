"""The event server: connections, subscriptions and routing, and what tells listeners of committed changes."""
