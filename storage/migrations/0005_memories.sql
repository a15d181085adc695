-- Memories with their history: how long each held, what took its place, and what was only noticed.

ALTER TABLE memories
    ADD COLUMN source_thread_id text,
    ADD COLUMN valid_from       date,
    ADD COLUMN valid_until      date,
    ADD COLUMN replaced_by      uuid,
    ADD COLUMN proposed_by      text;

-- Up to which message (by its position) a person's words were looked through for facts.
CREATE TABLE reflections (
    user_id  uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    position bigint NOT NULL
);
ALTER TABLE reflections ENABLE ROW LEVEL SECURITY;
ALTER TABLE reflections FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON reflections USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid)
    WITH CHECK (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON reflections TO metacortex_app;
