"""What a session knows of its entities: values, identities, and how rows of a reply become both."""
