"""Many seekers on one PostgreSQL: who is due, one run of one profile, what becomes of it.

The outermost layer, beside `sync.cli`: it opens connectors and calls `sync.run.run`, and nobody imports it. No engine
is in it. Whatever queue a firm runs calls `claim_due` every minute and `sync_profile` once for each profile it gives;
the table of profiles is the truth, so a job that a queue loses costs one period and not a seeker.
"""
