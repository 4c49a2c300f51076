"""What the state store on PostgreSQL says to it.

Each statement names its profile, though row-level security alone would do.
"""

from __future__ import annotations

ENTER = """
SELECT set_config('followup.profile', %s, true),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                                        ELSE current_setting('synchronous_commit') END, true),
       pg_backend_pid()
"""
"""Begins every transaction: the profile it may see, a commit that waits for the disk; gives the session's number."""
SIGN = """
SELECT set_config('application_name', %s || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), false)
"""
"""Names the session after the time at which its run began."""
HOLDER = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
 WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND (classid::bigint << 32 | objid::bigint) = %s
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""What the session that holds a lock calls itself."""
COUNT = "SELECT count(*) FROM followup.intents WHERE profile = %(profile)s AND run = %(run)s"
READ = """
SELECT kind, key, document FROM followup.memory WHERE profile = %s AND kind <> 'proof' ORDER BY kind, key
"""
STORE = """
INSERT INTO followup.memory (profile, kind, key, document)
SELECT %s, * FROM unnest(%s::text[], %s::bytea[], %s::text[])
    ON CONFLICT (profile, kind, digest) DO UPDATE SET document = excluded.document
"""
FORGET = """
DELETE FROM followup.memory USING unnest(%s::text[], %s::bytea[]) AS gone (kind, key)
 WHERE profile = %s AND memory.kind = gone.kind AND digest = sha256(gone.key)
"""
BEGIN = """
INSERT INTO followup.runs (profile, run, started)
SELECT %(profile)s, coalesce(max(run), 0) + 1, %(now)s FROM followup.runs WHERE profile = %(profile)s RETURNING run
"""
INTEND = """
INSERT INTO followup.intents (profile, run, position, action, uid, wanted, before)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
END_OLDER = """
UPDATE followup.runs SET ended = coalesce(%(ended)s, now())
 WHERE profile = %(profile)s AND ended IS NULL AND run < %(run)s
"""
END = """
UPDATE followup.runs SET ended = coalesce(%(ended)s, now()), exit_code = %(exit_code)s
 WHERE profile = %(profile)s AND run = %(run)s
"""
DROP_OLD = """
DELETE FROM followup.runs
 WHERE profile = %(profile)s AND ended IS NOT NULL AND started < %(oldest)s AND run < %(run)s
"""
RECORD = """
UPDATE followup.intents SET result = seen.result, message = seen.message
  FROM unnest(%s::bytea[], %s::text[], %s::text[]) AS seen (uid, result, message)
 WHERE profile = %s AND run = %s AND intents.uid = seen.uid
"""
OPEN = """
SELECT run, action, uid, wanted, before, coalesce(result = %(done)s, false), ended IS NOT NULL
  FROM followup.intents JOIN followup.runs USING (profile, run)
 WHERE profile = %(profile)s
   AND (ended IS NULL AND (result IS NULL OR result <> %(held)s)
        OR result = %(unknown)s AND run = (SELECT max(run) FROM followup.runs WHERE profile = %(profile)s))
 ORDER BY run, position
"""
COPIES = """
SELECT run, action, uid, wanted, before FROM followup.intents
 WHERE profile = %(profile)s AND before <> 'null' AND (result IS NULL OR result NOT IN (%(refused)s, %(held)s))
   AND (%(run)s::integer IS NULL OR run = %(run)s)
 ORDER BY run DESC, position
"""
RUNS = """
SELECT run, started, exit_code, count(*) FILTER (WHERE action = %(create)s),
       count(*) FILTER (WHERE action = %(update)s), count(*) FILTER (WHERE action = %(delete)s),
       count(*) FILTER (WHERE before <> 'null')
  FROM followup.intents JOIN followup.runs USING (profile, run)
 WHERE profile = %(profile)s AND (result IS NULL OR result NOT IN (%(refused)s, %(held)s))
 GROUP BY run, started, exit_code ORDER BY run DESC
"""
PROVE = """
INSERT INTO followup.memory (profile, kind, key, document)
SELECT %(profile)s, 'proof', '', %(proof)s
 WHERE (SELECT started FROM followup.runs WHERE profile = %(profile)s ORDER BY run DESC LIMIT 1) = %(run_at)s
    ON CONFLICT (profile, kind, digest) DO UPDATE SET document = excluded.document
"""
SET_ASIDE = """
INSERT INTO followup.set_aside (profile, name, document)
SELECT profile, 'memory', to_json(memory)::text FROM followup.memory WHERE profile = %(profile)s
UNION ALL
SELECT profile, 'intents', to_json(intents)::text FROM followup.intents WHERE profile = %(profile)s
"""
