"""What travels between an ftrack client and an ftrack server: pure functions over frozen data."""
