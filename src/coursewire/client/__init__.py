"""The typed client: two thin shells, synchronous and asynchronous, over one part without I/O."""
