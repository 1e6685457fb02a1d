"""The parts of the cache module that need a database file or look into functions."""
