"""What single tables do beyond storing what they are given, one module for each area."""
