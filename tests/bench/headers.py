"""How well headers are understood: right without asking, asked, missed, wrong; for each language and in all.

    python tests/bench/headers.py                  the project's own sets (tests/data/header_sets.json)
    python tests/bench/headers.py SETS.json ...    other sets: [{"lang": "de", "columns": [["Firma", ["company"]], ...],
                                                   "rows": [["Fernhill", ...], ...]}, ...]

The names beside a header are the fields that are right for it; "" means that it should be left, "interview" any round.
Of an empty column nobody is asked, and it is not read before it holds something: it waits, where what it may be then is
said rightly. A column that stands in the one question of what is left counts as asked if its field is among what can be
answered; how many of those that mean nothing stand there, too, is what that question costs. Counted are the columns
that mean something; wrong is also what is read from a column that means nothing.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sync.errors import ConfigError
from sync.models import Row, Table
from sync.reading.columns import Column, understand_columns
from sync.reading.vocabulary import EXTRA_FIELDS, FIELDS, load_vocabulary

OWN = Path(__file__).parent.parent / "data" / "header_sets.json"
READ = frozenset((*FIELDS, *EXTRA_FIELDS))


def load_sets(path: Path) -> Iterable[Mapping[str, Any]]:
    """The sets of a file, in one form."""
    for entry in json.loads(path.read_text("utf-8")):
        if "columns" in entry:
            yield entry
            continue
        names = {header: name for name, header in entry["fields"].items()}
        asked = set(entry["ask"])
        columns = [[head, [names.get(head, ""), *(["?"] if head in asked else [])]] for head in entry["headers"]]
        yield {"lang": entry.get("lang", "own"), "columns": columns}


def plain(name: str) -> str:
    """The field as it is labelled: any round is an interview, any day of a follow-up one to come.

    Text about the next step was labelled as left, which it is but for the days in it.
    """
    if name == "next_step":
        return ""
    return "interview" if name.startswith("interview_") else name.replace("follow_up_day", "follow_up_on")


def judge(column: Column, labels: Sequence[str]) -> str:
    """What became of one column."""
    wanted = {plain(label) for label in labels if label in READ or label in ("", "interview")}
    found = plain(column.field)
    choices = {plain(choice.field) for choice in column.choices}
    if found:
        return "right" if found in wanted else "wrong"
    if column.ask or "?" in labels:
        return "asked" if choices & wanted or "" in wanted else "asked in vain"
    if column.left_over:
        return "right" if "" in wanted or not wanted else "offered" if choices & wanted else "missed"
    if "" in wanted or not wanted:
        return "right"
    return "waits" if not column.samples and choices & wanted else "missed"


def measure(sets: Iterable[Mapping[str, Any]], *, verbose: bool) -> Mapping[str, Counter[str]]:
    """Counts by language; `all` together. With `*` what is said of columns that mean nothing."""
    vocabulary = load_vocabulary()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in sets:
        headers = [header for header, _ in entry["columns"]]
        rows = (headers, *entry.get("rows", ()))
        table = Table("sheet", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
        try:
            columns = understand_columns(table, chosen={}, vocabulary=vocabulary, accepted={}).columns
        except ConfigError:
            columns = tuple(Column(place, header, "", "") for place, header in enumerate(headers) if header)
        labels = {place: names for place, (_, names) in enumerate(entry["columns"])}
        for column in columns:
            verdict = judge(column, labels[column.index])
            nuisance = column.left_over and not any(name and name != "?" for name in labels[column.index])
            means = any(name and name != "?" for name in labels[column.index])
            for language in (entry["lang"], "all"):
                counts[language][verdict if means else f"*{verdict}"] += 1
                counts[language]["#nuisance"] += nuisance
            if verbose and verdict != "right":
                shown = column.field or [choice.field for choice in column.choices]
                label = f"{entry['lang']}: {column.header!r} is {labels[column.index]}"
                print(f"{label}, {verdict}: {shown} ({column.reason})")
    return counts


def report(counts: Mapping[str, Counter[str]]) -> Iterable[str]:
    """A line for each language."""
    for language, count in sorted(counts.items(), key=lambda entry: (entry[0] == "all", entry[0])):
        own = {name: number for name, number in count.items() if name[0] not in "*#"}
        total, others = sum(own.values()) or 1, sum(number for name, number in count.items() if name[0] == "*")
        offered = own.get("offered", 0)
        right, asked = own.get("right", 0) / total, (own.get("asked", 0) + offered) / total
        vain = count["*asked"] + count["*asked in vain"]
        wrong = count["wrong"] + count["*wrong"]
        yield (
            f"{language:>4} {sum(own.values()):5} columns: {right:5.1%} right, {right + asked:5.1%} right or asked, "
            f"{(right * total + asked * total + own.get('waits', 0)) / total:.1%} with those that wait, "
            f"{own.get('missed', 0)} missed; {own.get('asked', 0)} asked about, "
            f"{offered} in the question of what is left; "
            f"of {others} others {vain} asked about, {count['#nuisance']} in that question; "
            f"{wrong} wrong ({wrong / (total + others):.1%})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, default=[OWN])
    parser.add_argument("--verbose", action="store_true", help="show every column that is not right")
    options = parser.parse_args()
    for path in options.sets:
        print(path.name)
        print("\n".join(report(measure(load_sets(path), verbose=options.verbose))))


if __name__ == "__main__":
    main()
