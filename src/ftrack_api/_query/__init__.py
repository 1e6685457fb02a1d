"""From the text of a query to entities: planning, paging, loading, and filling in what was not asked for."""
