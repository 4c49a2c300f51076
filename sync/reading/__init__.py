"""From a table to leads: header row, columns, cells, statuses, lead keys. Pure."""
