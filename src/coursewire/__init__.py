"""Coursewire: Moodle's web-service layer, written anew in Python."""

__version__ = "0.1.0"
