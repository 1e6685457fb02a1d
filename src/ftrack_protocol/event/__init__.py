"""Events and the expressions that choose among them."""
