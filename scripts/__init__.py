"""What the Makefile runs besides the tools: checks of the repository, lock files, changelog."""
