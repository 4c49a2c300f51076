"""Reads leads from a sheet, works out the follow-ups, writes them into a calendar.

The packages beside this one: `connectors` talks to sheets and calendars, `mappings` holds the advice as data.
In here everything is pure except `cli/`: clock, zone, identities and limits come in as arguments.
"""

__version__ = "0.1.0"
