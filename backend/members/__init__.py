"""People: today the followers as the platform shows them, later the members they register themselves as."""
