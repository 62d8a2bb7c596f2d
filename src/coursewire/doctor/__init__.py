"""Runs every check of the gate and says what to change."""
