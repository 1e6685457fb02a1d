"""The data model: what entity types there are, how they are stored and what clients are told of them."""
