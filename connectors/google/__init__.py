"""The parts that Google needs: its login, its answers, its addresses; for `google_sheet` and for Google's calendars."""
