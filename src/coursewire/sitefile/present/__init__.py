"""The site as it is now, in the words of a site file."""
