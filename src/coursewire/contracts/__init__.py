"""What the protocol says: functions, their structs, field types and error codes."""
