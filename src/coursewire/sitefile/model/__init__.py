"""What a site file may hold, as structs; one file a group of nouns."""
