"""How a request reaches the server and comes back: contract, carriers, retries and the meaning of failures."""
