"""Contracts of core_user, a file for each noun."""
