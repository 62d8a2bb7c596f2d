"""From planned changes to operations of the domain, one file a group of nouns."""
