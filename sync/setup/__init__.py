"""Setting up: what is asked, what the answers mean, and the settings that come of them. Pure."""
