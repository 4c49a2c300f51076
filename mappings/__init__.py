"""Data only: the advice, the words of people's sheets, the wording of events. Read through `importlib.resources`."""
