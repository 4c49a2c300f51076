"""How well statuses are understood: `python tests/bench/statuses.py FILE`.

FILE has one status a line, a tab, and what it means: one or more of these letters, separated by `|`.

    D idea  S sent  P open  U unanswered  M in touch  T test  I interview  O offer  A accepted
    R rejected  W withdrawn  N no answer  H on hold  C over, by whom is not said

Prints how many are right without asking, asked, and wrong, and how many would send an asking message against their
words; with `--show` also the phrases of the last three. Nothing of what people wrote is kept in this project.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from sync.models import Asking, Stage
from sync.reading.status_phrases import Phrase
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

LETTERS = {
    Stage.IDEA: "D",
    Stage.SENT: "SPU",
    Stage.IN_TOUCH: "M",
    Stage.ASSESSMENT: "T",
    Stage.INTERVIEW: "I",
    Stage.OFFER: "O",
    Stage.ACCEPTED: "A",
    Stage.REJECTED: "R",
    Stage.WITHDRAWN: "W",
    Stage.NO_ANSWER: "N",
    Stage.ON_HOLD: "H",
}
FOLLOWED_UP = frozenset("SPUM")
"""What may be meant where somebody is asked."""


def judge(phrase: Phrase, meant: frozenset[str]) -> str:
    """`right`, `asked` or `wrong`; with `against` where somebody would be asked although the words say otherwise.

    What waits for a day of the application (`new`) is an idea until the row has one.
    """
    idea = "D" if phrase.waits_for_day else ""
    asks = phrase.asking is Asking.ALLOWED and (not phrase.settled or phrase.stage in (Stage.SENT, Stage.IN_TOUCH))
    against = " against" if asks and not meant & {*FOLLOWED_UP, *idea} else ""
    if not phrase.settled:
        return "asked" + against
    right = phrase.stage is not None and meant & {*LETTERS[phrase.stage], *idea}
    return ("right" if right else "wrong") + against


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    words = StageWords({}, load_vocabulary())
    counts: Counter[str] = Counter()
    lines = [line.split("\t") for line in options.file.read_text("utf-8").splitlines() if line.strip()]
    for text, letters in lines:
        phrase = words.read(text)
        verdict = judge(phrase, frozenset(letters.split("|")))
        counts[verdict.split()[0]] += 1
        counts["against"] += verdict.endswith("against")
        if options.show and verdict != "right":
            print(f"{verdict:14} {letters:8} {phrase.stage or '?':10} {text}")
    total = len(lines)
    shares = ", ".join(f"{name} {counts[name]} ({counts[name] / total:.0%})" for name in ("right", "asked", "wrong"))
    print(f"{total} statuses: {shares}; asking against their words {counts['against']}")


if __name__ == "__main__":
    main()
