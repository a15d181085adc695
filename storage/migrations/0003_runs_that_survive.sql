-- Runs that survive their process: a lease while one is under way, its events, and branches of a conversation.

-- Which process keeps which run alive. Read by others before a user is known, hence without a policy: ids and times only.
-- A thread has one run under way: the key says so, whatever process asks.
CREATE TABLE leases (
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    thread_id       text NOT NULL,
    run_id          text NOT NULL,
    owner           uuid NOT NULL,
    until           timestamptz NOT NULL,
    cancel_asked_at timestamptz,
    PRIMARY KEY (user_id, thread_id),
    UNIQUE (user_id, run_id),
    FOREIGN KEY (user_id, thread_id) REFERENCES threads ON DELETE CASCADE
);
CREATE INDEX leases_until ON leases (until);
GRANT SELECT, INSERT, UPDATE, DELETE ON leases TO metacortex_app;

-- `message_id` is what the person said and the run answers; `answers` what they said to the approvals that it resumes;
-- `attempts` counts how often it was begun, the first time included.
ALTER TABLE runs
    ADD COLUMN message_id text,
    ADD COLUMN answers    jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN attempts   int NOT NULL DEFAULT 1;
-- What was under way has no lease that runs out. The owner of the tables is bound by their policies unless they are eased.
ALTER TABLE runs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
UPDATE runs SET status = 'failed', error = 'The server was stopped during this run; send the message again.',
    finished_at = now()
WHERE status = 'running';
UPDATE runs SET message_id = messages.id
FROM messages
WHERE messages.user_id = runs.user_id AND messages.run_id = runs.root_id AND messages.role = 'user';
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
CREATE INDEX runs_of_message ON runs (user_id, thread_id, message_id);
CREATE INDEX runs_paused ON runs (user_id, thread_id) WHERE status = 'paused';

-- A row holds one event, or adjacent pieces of one text with the numbers of its first and last piece.
CREATE TABLE run_events (
    user_id    uuid NOT NULL,
    run_id     text NOT NULL,
    first      bigint NOT NULL,
    last       bigint NOT NULL,
    event      jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, run_id, last),
    FOREIGN KEY (user_id, run_id) REFERENCES runs ON DELETE CASCADE
);
ALTER TABLE run_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_events FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON run_events USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid)
    WITH CHECK (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON run_events TO metacortex_app;

-- What a later branch has replaced is kept, aside.
ALTER TABLE messages ADD COLUMN aside boolean NOT NULL DEFAULT false;
DROP INDEX messages_in_order;
CREATE INDEX messages_in_order ON messages (user_id, thread_id, position) WHERE NOT aside;
CREATE INDEX messages_of_run ON messages (user_id, run_id);

-- Where a thread's title comes from: `words` are its first ones, until a better one is `made` or the person gives one.
-- Threads from before keep the name they have: the person may have given it.
ALTER TABLE threads ADD COLUMN titled text NOT NULL DEFAULT 'person' CHECK (titled IN ('words', 'made', 'person'));
ALTER TABLE threads ALTER COLUMN titled SET DEFAULT 'words';
CREATE INDEX threads_unnamed ON threads (user_id, id) WHERE titled = 'words';
