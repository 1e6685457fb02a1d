"""Files of components: where they are kept, how they come and go, and what is made of them."""
