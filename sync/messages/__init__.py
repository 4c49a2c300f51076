"""What a touch says to somebody else: the message itself, ready to be sent.

Facts of a row and texts of `mappings/` in, a message out; pure. Words:

- **Fact**: what a message may speak of, as it is written in a letter; an empty one leaves its sentence out (`facts`).
- **Phrases**: the shipped sentences of a language with the user's own (`sentences`).
- **Situation**: which message is wanted: whose rule, by which channel, what is special, what is new.
- **Message**: subject and text, kept in parts (`message`). The rules that every message keeps stand in `rules`.
"""
