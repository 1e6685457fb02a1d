"""Work that goes on after a request: a queue in the database and the thread that serves it."""
