"""Brings people and groups of a CSV file into Moodle."""
