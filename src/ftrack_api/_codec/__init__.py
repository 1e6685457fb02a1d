"""Entities and dates to JSON and back, in the forms servers and caches share."""
