"""An open server for ftrack clients: embedded on SQLite, or on PostgreSQL for a studio."""
