"""Why a token works or not on a site that nobody can look into: Coursewire or any Moodle."""
