"""Where schema documents come from: a file of an earlier session, or the server."""
