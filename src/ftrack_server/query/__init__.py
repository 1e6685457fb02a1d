"""The query compiler: a syntax tree in, few statements and wire rows out."""
