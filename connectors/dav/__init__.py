"""The parts of `caldav_server`: finding, listing, writing and probing a calendar (RFC 4918, RFC 4791)."""
