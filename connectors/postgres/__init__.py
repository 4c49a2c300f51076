"""The parts of the state store on PostgreSQL: its tables, and how it speaks to the server."""
