"""The administrators' web console."""
