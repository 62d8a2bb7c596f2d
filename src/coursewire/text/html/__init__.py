"""HTML made safe to show, in the spelling that Moodle's answers have."""
