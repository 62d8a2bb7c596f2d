"""The bodies of the web-service functions, one file a component."""
