-- What people bring from elsewhere: an upload, its files until they are read, and what became of each thing in them.

-- `at_path` is the last file that was read to its end, `at_thing` how many things of the one after it are done.
CREATE TABLE imports (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id          uuid NOT NULL,
    format      text NOT NULL,
    name        text NOT NULL,
    status      text NOT NULL,
    files       int NOT NULL,
    files_done  int NOT NULL,
    at_path     text NOT NULL,
    at_thing    int NOT NULL,
    created     jsonb NOT NULL,
    updated     jsonb NOT NULL,
    unchanged   int NOT NULL,
    problems    jsonb NOT NULL,
    actions     uuid[] NOT NULL,
    attempts    int NOT NULL,
    error       text,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (user_id, id)
);

-- Paths are compared byte by byte, so that every server reads them in the same order. `name` is what a wikilink calls
-- the file, `title` what the file calls itself.
CREATE TABLE import_files (
    user_id   uuid NOT NULL,
    import_id uuid NOT NULL,
    path      text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    title     text,
    text      text NOT NULL,
    modified  timestamp,
    PRIMARY KEY (user_id, import_id, path),
    FOREIGN KEY (user_id, import_id) REFERENCES imports ON DELETE CASCADE
);
CREATE INDEX import_files_by_name ON import_files (user_id, import_id, name);

-- By `hash` the same thing is known again, by `version` whether the person has changed it here since.
CREATE TABLE imported (
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id        uuid NOT NULL,
    path      text NOT NULL,
    hash      bytea NOT NULL,
    version   int NOT NULL,
    PRIMARY KEY (user_id, id)
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['imports', 'import_files', 'imported'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format(
            'CREATE POLICY owner ON %I USING (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid) '
            'WITH CHECK (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid)', guarded
        );
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO metacortex_app', guarded);
    END LOOP;
END
$$;
