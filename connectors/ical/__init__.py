"""Events as iCalendar text (RFC 5545), shared by `caldav_server` and `ics_file`."""
