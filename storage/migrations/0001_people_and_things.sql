-- What people have, each row under the policy of its owner. The application takes the role metacortex_app, which owns
-- nothing: policies are forced on it, and it reaches only what is granted at the end of this file.

CREATE EXTENSION IF NOT EXISTS vector;

-- Roles belong to the whole cluster: other databases of it may be making the same one right now.
DO $$
BEGIN
    CREATE ROLE metacortex_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;

-- Membership races between databases in the same manner.
DO $$
BEGIN
    EXECUTE format('GRANT metacortex_app TO %I', current_user);
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;


-- Read before a user is known, hence without a policy: ids, hashes and times only.

CREATE TABLE tenants (
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL REFERENCES tenants,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE keys (
    hash       bytea PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
CREATE INDEX keys_user_id ON keys (user_id);

CREATE TABLE jobs (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    kind    text NOT NULL,
    due_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind)
);
CREATE INDEX jobs_due ON jobs (kind, due_at);


-- A person, and what was said.

CREATE TABLE profiles (
    user_id     uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    name        text NOT NULL,
    tenant_name text,
    zone        text NOT NULL DEFAULT 'UTC',
    locale      text NOT NULL DEFAULT 'en-US',
    week_start  smallint NOT NULL DEFAULT 0
);

CREATE TABLE threads (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id         text NOT NULL,
    title      text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX threads_recent ON threads (user_id, updated_at DESC, id DESC);

CREATE TABLE messages (
    user_id      uuid NOT NULL,
    thread_id    text NOT NULL,
    id           text NOT NULL,
    parent_id    text,
    run_id       text,
    role         text NOT NULL,
    content      text NOT NULL,
    tool_calls   jsonb NOT NULL DEFAULT '[]',
    tool_call_id text,
    citations    jsonb NOT NULL DEFAULT '[]',
    created_at   timestamptz NOT NULL,
    position     bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (user_id, thread_id, id),
    FOREIGN KEY (user_id, thread_id) REFERENCES threads ON DELETE CASCADE
);
CREATE INDEX messages_in_order ON messages (user_id, thread_id, position);

CREATE TABLE runs (
    user_id     uuid NOT NULL,
    id          text NOT NULL,
    thread_id   text NOT NULL,
    root_id     text NOT NULL,
    status      text NOT NULL,
    model       text NOT NULL,
    approvals   jsonb NOT NULL DEFAULT '[]',
    error       text,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, thread_id) REFERENCES threads ON DELETE CASCADE
);
CREATE INDEX runs_of_thread ON runs (user_id, thread_id, created_at DESC);


-- What a person has. Only the ledger writes these.

CREATE TABLE tasks (
    user_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id               uuid NOT NULL,
    title            text NOT NULL,
    body             text,
    due_date         date,
    due_time         time,
    due_zone         text,
    recurrence       text,
    recurs_from      text NOT NULL,
    series_id        uuid,
    series_start     date,
    occurrence       int NOT NULL,
    priority         smallint,
    tags             text[] NOT NULL,
    project          text,
    duration_minutes int,
    remind_at        timestamptz,
    done_at          timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          int NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX tasks_open ON tasks (user_id, due_date) WHERE done_at IS NULL;

CREATE TABLE notes (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id         uuid NOT NULL,
    title      text NOT NULL,
    body       text NOT NULL,
    tags       text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    int NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX notes_recent ON notes (user_id, updated_at DESC, id DESC);

CREATE TABLE habits (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id          uuid NOT NULL,
    name        text NOT NULL,
    kind        text NOT NULL,
    target      float8,
    unit        text,
    direction   text NOT NULL,
    times       int NOT NULL,
    per_days    int NOT NULL,
    created_on  date NOT NULL,
    archived_at timestamptz,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     int NOT NULL,
    PRIMARY KEY (user_id, id)
);

-- Without ON DELETE: a habit's entries leave through the ledger, so that undo can bring them back.
CREATE TABLE entries (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id         uuid NOT NULL,
    habit_id   uuid NOT NULL,
    date       date NOT NULL,
    status     text NOT NULL,
    value      float8,
    comment    text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    int NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, habit_id, date),
    FOREIGN KEY (user_id, habit_id) REFERENCES habits DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE memories (
    user_id           uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id                uuid NOT NULL,
    text              text NOT NULL,
    source_message_id text,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    version           int NOT NULL,
    PRIMARY KEY (user_id, id)
);


-- What was changed, by which call. It outlives the thread it was said in.

CREATE TABLE actions (
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id           uuid NOT NULL,
    thread_id    text NOT NULL,
    message_id   text NOT NULL,
    tool_call_id text NOT NULL,
    run_id       text,
    origin       text NOT NULL,
    tool         text NOT NULL,
    arguments    jsonb NOT NULL,
    summary      text NOT NULL,
    changes      jsonb NOT NULL,
    result       jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    undone_at    timestamptz,
    position     bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, thread_id, message_id, tool_call_id)
);
CREATE INDEX actions_latest ON actions (user_id, position DESC);


-- Passages to search. A leaf that is queried directly is not covered by the policy of its parent: nothing is granted on
-- leaves.

CREATE FUNCTION words_of(title text, body text, tags text[]) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT to_tsvector('pg_catalog.english', concat_ws(' ', title, body, array_to_string(tags, ' '))) $$;

CREATE TABLE chunks (
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id        uuid NOT NULL,
    kind      text NOT NULL,
    source_id uuid NOT NULL,
    ordinal   int NOT NULL,
    title     text NOT NULL,
    body      text NOT NULL,
    tags      text[] NOT NULL,
    dated     date,
    words     tsvector GENERATED ALWAYS AS (words_of(title, body, tags)) STORED,
    PRIMARY KEY (user_id, id)
) PARTITION BY HASH (user_id);
CREATE INDEX chunks_of_source ON chunks (user_id, source_id);

CREATE TABLE embeddings (
    user_id   uuid NOT NULL,
    chunk_id  uuid NOT NULL,
    embedder  text NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (user_id, chunk_id, embedder),
    FOREIGN KEY (user_id, chunk_id) REFERENCES chunks ON DELETE CASCADE
) PARTITION BY HASH (user_id);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE chunks_%s PARTITION OF chunks FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
        EXECUTE format(
            'CREATE TABLE embeddings_%s PARTITION OF embeddings FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part
        );
    END LOOP;
END
$$;


DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'profiles', 'threads', 'messages', 'runs', 'tasks', 'notes', 'habits', 'entries', 'memories', 'actions', 'chunks',
        'embeddings'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        -- The setting reads '' once a transaction that had set it is over.
        EXECUTE format(
            'CREATE POLICY owner ON %I USING (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid) '
            'WITH CHECK (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid)', guarded
        );
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO metacortex_app', guarded);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON tenants, users, keys, jobs TO metacortex_app;
