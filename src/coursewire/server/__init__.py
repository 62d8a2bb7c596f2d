"""The straight line from a request's bytes to the answer's, and its ASGI adapter."""
