"""From touches and a calendar to a plan: identity, memory, reactions, changes, guards. Pure."""
