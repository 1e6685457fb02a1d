"""The socket.io 0.9 protocol: packets, and the state machines of both ends."""
