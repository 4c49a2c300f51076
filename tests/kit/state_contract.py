"""What every state store keeps. A store's test subclasses `StateContract` and gives `store` and `another`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from conftest import NOW, a_touch, at
from msgspec.structs import replace

from sync.errors import LockedError
from sync.memory import (
    DeletesOfDay,
    EventMemory,
    LeadMemory,
    Memory,
    Reaction,
    RunMemory,
    RunRecord,
    StageSeen,
    Stop,
    TouchMemory,
)
from sync.models import Action, Change, Event, Lead, Outcome, RemoteEvent, Result, Stage, Stamp
from sync.proof import Proof
from sync.protocols import KeepsProof, StateStore
from sync.reconcile.fields import snapshot_of
from sync.repair import lift

TOUCH = a_touch()
EVENT = Event(TOUCH.uid, TOUCH.start, TOUCH.end, TOUCH.zone, "Follow up", "Why", alarm=timedelta(minutes=-540))
STAMP = Stamp(NOW, NOW, 0)
REMOTE = RemoteEvent(TOUCH.uid, "/a.ics", '"1"', snapshot_of(EVENT, STAMP), "BEGIN:VCALENDAR\r\nü\r\n")
FULL = Memory(
    RunMemory(
        owner="test", source="csv:/leads.csv", target="ics:/f.ics", first_run=NOW, last_run=NOW,
        counters={"review": 3}, texts={"rules": "abc"}, deletes=(DeletesOfDay(date(2027, 1, 3), 2, 40),),
    ),
    leads={
        "acme|analyst": LeadMemory(
            "acme|analyst", NOW, company="Acme", applied_on=date(2027, 1, 4), interview_at=at("2027-01-20", "00:00"),
            promised_on=date(2027, 1, 5), stages=(StageSeen(Stage.SENT, date(2027, 1, 4)),),
        )
    },
    touches={
        TOUCH.uid: TouchMemory(
            TOUCH.uid, "acme|analyst", "R-001-1", start=at("2027-01-11"), planned=date(2027, 1, 11),
            reaction=Reaction.DRAGGED, pinned_to=date(2027, 1, 13), pinned_fact="2027-01-04", let_go=date(2027, 1, 12),
        )
    },
    events={TOUCH.uid: EventMemory(TOUCH.uid, EVENT, STAMP, REMOTE, kept=frozenset({"summary"}))},
)  # fmt: skip
PROOF = Proof("inputs", ("leads.csv",), "", "", NOW, NOW + timedelta(hours=1), "nothing to do")


def a_create() -> Change:
    return Change(Action.CREATE, TOUCH.uid, "Follow up", TOUCH.start, "leads.csv:2", "", event=EVENT, stamp=STAMP)


def saved(store: StateStore, memory: Memory, *changes: Change, exit_code: int = 0) -> None:
    with store.lock():
        store.load()
        store.commit(store.begin(changes, memory=memory, after=memory, now=NOW), memory, exit_code=exit_code)


class StateContract:
    """Subclasses say what a store is, and how somebody else opens the same one."""

    @pytest.fixture
    def store(self) -> StateStore:
        raise NotImplementedError

    def another(self, store: StateStore) -> StateStore:
        """A second store, as another process would open it, that lies where this one lies."""
        raise NotImplementedError

    def test_a_store_that_was_never_written_to_is_empty(self, store: StateStore) -> None:
        assert store.load() == Memory()
        assert store.copies() == (0, ())

    def test_memory_comes_back_as_it_was(self, store: StateStore) -> None:
        saved(store, FULL)
        assert store.load() == FULL

    def test_a_date_stays_a_date_and_midnight_stays_an_instant(self, store: StateStore) -> None:
        saved(store, FULL)
        again = store.load()
        assert type(again.touches[TOUCH.uid].pinned_to) is date
        assert again.leads["acme|analyst"].interview_at == at("2027-01-20", "00:00")

    def test_what_is_removed_from_memory_is_removed_from_the_store(self, store: StateStore) -> None:
        saved(store, FULL)
        saved(store, replace(FULL, touches={}, leads={}))
        assert store.load() == replace(FULL, touches={}, leads={})

    def test_a_run_that_was_killed_leaves_open_intents(self, store: StateStore) -> None:
        saved(store, FULL)
        with store.lock():
            store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        with store.lock():
            (intent,) = store.load().intents
        assert (intent.action, intent.uid, intent.event, intent.stamp, intent.before) == (
            Action.CREATE, TOUCH.uid, EVENT, STAMP, None,
        )  # fmt: skip

    def test_intents_stay_open_until_the_run_ends_even_with_a_result(self, store: StateStore) -> None:
        with store.lock():
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            store.record(run, [Outcome(TOUCH.uid, Result.DONE, REMOTE)])
        assert len(store.load().intents) == 1
        with store.lock():
            store.load()
            store.commit(run, FULL, exit_code=0)
        assert store.load().intents == ()

    @pytest.mark.parametrize(("result", "still_open"), [(Result.UNKNOWN, 1), (Result.HELD, 0), (Result.REFUSED, 0)])
    def test_only_an_unknown_outcome_outlives_its_run(self, store: StateStore, result: Result, still_open: int) -> None:
        with store.lock():
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            store.record(run, [Outcome(TOUCH.uid, result)])
            store.commit(run, FULL, exit_code=6)
        assert len(store.load().intents) == still_open

    def test_a_second_run_is_locked_out_at_once(self, store: StateStore) -> None:
        with store.lock(), pytest.raises(LockedError), self.another(store).lock():
            pass

    def test_copies_of_what_was_replaced_are_kept_for_undo(self, store: StateStore) -> None:
        delete = Change(Action.DELETE, TOUCH.uid, "Follow up", TOUCH.start, None, "", base=REMOTE)
        saved(store, FULL, a_create())
        assert store.copies() == (0, ())
        saved(store, FULL, delete)
        saved(store, FULL, a_create())
        run, copies = store.copies()
        assert (run, [intent.before for intent in copies]) == (2, [REMOTE])
        assert store.copies(1) == (0, ())

    def test_the_runs_that_wrote_are_listed_with_what_they_did(self, store: StateStore) -> None:
        assert store.list_runs() == ()
        delete = Change(Action.DELETE, "other", "Follow up", TOUCH.start, None, "", base=REMOTE)
        update = replace(delete, action=Action.UPDATE, uid="third", event=EVENT, stamp=STAMP)
        saved(store, FULL, a_create())
        saved(store, FULL)
        saved(store, FULL, a_create(), update, delete, exit_code=6)
        with store.lock():
            store.load()
            run = store.begin([delete, update], memory=FULL, after=FULL, now=NOW + timedelta(hours=1))
            store.record(run, [Outcome("other", Result.REFUSED), Outcome("third", Result.UNKNOWN)])
        last, second, first = self.another(store).list_runs()
        assert first == RunRecord(1, NOW, 0, created=1)
        assert second == RunRecord(3, NOW, 6, created=1, updated=1, deleted=1, copies=2)
        assert last == RunRecord(run, NOW + timedelta(hours=1), None, updated=1, copies=1)

    def test_a_write_that_was_refused_is_nothing_to_undo(self, store: StateStore) -> None:
        delete = Change(Action.DELETE, TOUCH.uid, "Follow up", TOUCH.start, None, "", base=REMOTE)
        with store.lock():
            store.load()
            run = store.begin([delete], memory=FULL, after=FULL, now=NOW)
            store.record(run, [Outcome(TOUCH.uid, Result.REFUSED)])
            store.commit(run, FULL, exit_code=6)
        assert store.copies() == (0, ())

    def test_a_run_that_stopped_before_it_wrote_leaves_the_journal_open(self, store: StateStore) -> None:
        saved(store, FULL)
        with store.lock():
            store.load()
            store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        with store.lock():
            known = store.load()
            store.keep(replace(known, runs=replace(known.runs, stops=(Stop(NOW, 6, "no answer"),), not_before=NOW)))
        again = store.load()
        assert [intent.uid for intent in again.intents] == [TOUCH.uid]
        assert (again.runs.stops[0].message, again.runs.not_before) == ("no answer", NOW)
        assert again.touches == FULL.touches

    def test_a_lifted_dismissal_leaves_the_journal_of_a_killed_run_open(self, store: StateStore) -> None:
        saved(store, FULL)
        with store.lock():
            store.load()
            store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        lift(store=store, lead=Lead(key=TOUCH.lead_key, row="leads.csv:2", row_number=2))
        assert [intent.uid for intent in store.load().intents] == [TOUCH.uid]

    def test_an_unknown_outcome_stays_open_until_the_next_run_has_settled_it(self, store: StateStore) -> None:
        with store.lock():
            store.load()
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            store.record(run, [Outcome(TOUCH.uid, Result.UNKNOWN)])
            store.commit(run, FULL, exit_code=6)
        assert [(intent.uid, intent.ended) for intent in store.load().intents] == [(TOUCH.uid, True)]
        with store.lock():
            store.load()
            store.begin((), memory=FULL, after=FULL, now=NOW)
        assert store.load().intents == ()

    def test_what_a_run_learned_is_kept_before_its_first_write(self, store: StateStore) -> None:
        saved(store, Memory())
        with store.lock():
            store.load()
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            store.record(run, [Outcome(TOUCH.uid, Result.DONE)])
        killed = store.load()
        assert replace(killed, intents=()) == FULL
        assert [(intent.after, intent.done) for intent in killed.intents] == [(FULL.events[TOUCH.uid], True)]

    def test_somebody_else_sees_what_was_committed(self, store: StateStore) -> None:
        saved(store, FULL)
        other = self.another(store)
        with other.lock():
            assert other.load() == FULL
            other.keep(replace(FULL, leads={}))
        assert store.load() == replace(FULL, leads={})

    def test_the_lock_is_free_again_after_a_run_that_failed(self, store: StateStore) -> None:
        with pytest.raises(ZeroDivisionError), store.lock():
            raise ZeroDivisionError
        with self.another(store).lock():
            pass

    def test_changes_are_added_to_the_run_that_is_on(self, store: StateStore) -> None:
        delete = Change(Action.DELETE, "other", "Follow up", TOUCH.start, None, "", base=REMOTE)
        with store.lock():
            store.load()
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            assert store.begin([delete], memory=FULL, after=FULL, now=NOW, run=run) == run
            store.record(run, [Outcome(TOUCH.uid, Result.DONE)])
        intents = store.load().intents
        assert [(intent.run, intent.uid, intent.done) for intent in intents] == [
            (run, TOUCH.uid, True),
            (run, "other", False),
        ]

    def test_a_later_result_of_a_change_counts(self, store: StateStore) -> None:
        with store.lock():
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            store.record(run, [Outcome(TOUCH.uid, Result.UNKNOWN)])
            store.record(run, [Outcome(TOUCH.uid, Result.UNKNOWN), Outcome(TOUCH.uid, Result.DONE)])
            store.commit(run, FULL, exit_code=0)
        assert store.load().intents == ()

    def test_what_is_kept_as_it_is_stands_in_no_journal(self, store: StateStore) -> None:
        kept = replace(a_create(), action=Action.KEEP)
        with store.lock():
            store.begin([kept], memory=FULL, after=FULL, now=NOW)
        assert store.load().intents == ()

    def test_copies_of_an_earlier_run_are_found_by_its_number(self, store: StateStore) -> None:
        delete = Change(Action.DELETE, TOUCH.uid, "Follow up", TOUCH.start, None, "", base=REMOTE)
        saved(store, FULL, delete)
        saved(store, FULL, replace(delete, uid="other"))
        assert [intent.uid for intent in store.copies()[1]] == ["other"]
        assert [intent.uid for intent in store.copies(1)[1]] == [TOUCH.uid]

    @pytest.mark.parametrize("key", ["a\tb\x00c", "müller & söhne\tfahrer 🙂", "ö" * 3_000, "'; DROP TABLE runs; --"])
    def test_any_text_is_a_key_and_any_text_a_message(self, store: StateStore, key: str) -> None:
        lead = LeadMemory(key, NOW, company=f"{key} \x00 \u202e", role="\\u0000")
        memory = replace(FULL, leads={key: lead})
        with store.lock():
            store.load()
            run = store.begin([replace(a_create(), uid=key)], memory=memory, after=memory, now=NOW)
            store.record(run, [Outcome(key, Result.UNKNOWN, message=key)])
            store.commit(run, memory, exit_code=6)
        again = self.another(store).load()
        assert (again.leads, [intent.uid for intent in again.intents]) == ({key: lead}, [key])
        saved(store, FULL)
        assert self.another(store).load() == FULL

    def test_a_proof_is_kept_after_the_run_it_speaks_of_and_no_other(self, store: StateStore) -> None:
        if not isinstance(store, KeepsProof):
            pytest.skip("this store keeps no proofs")
        saved(store, FULL)
        store.keep_proof(PROOF, run_at=NOW - timedelta(minutes=1))
        assert self.proofs(store) == []
        store.keep_proof(PROOF, run_at=NOW)
        assert self.proofs(store) == [PROOF.to_json()]
        assert store.load() == FULL
        with store.lock():
            store.keep(store.load())
        assert self.proofs(store) == []

    def proofs(self, store: StateStore) -> list[str]:
        """The proofs that lie there."""
        raise NotImplementedError
