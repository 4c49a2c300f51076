"""Plan, agenda and explanation as text for a person: readable without colour and at 80 columns.

Everything here turns values into lines on a given console; nothing is decided. Text from the sheet is printed as text,
never as markup, and carries no control characters to the terminal.
"""
