"""The database: tables, connections, transactions, and the only code that writes rows."""
