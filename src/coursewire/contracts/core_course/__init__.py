"""Contracts of core_course, a file for each noun."""
