"""The record of changes and refusals, and the bounded call log."""
