"""Moving in: what a Moodle shows through its web services, as the sections of a site file."""
