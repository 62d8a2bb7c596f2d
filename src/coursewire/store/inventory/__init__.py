"""Everything of one kind in the whole site, in one query each: for site files and comparisons."""
