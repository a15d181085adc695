-- Summaries that were made, one for each thing a person asked to have summed up; they go with what they are of.

CREATE TABLE summaries (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    asked   text NOT NULL,
    content text NOT NULL,
    notes   uuid[] NOT NULL,
    digest  jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, asked)
);
ALTER TABLE summaries ENABLE ROW LEVEL SECURITY;
ALTER TABLE summaries FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON summaries USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid)
    WITH CHECK (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON summaries TO metacortex_app;

-- A summary quotes its notes: none outlives a change of one of them.
CREATE FUNCTION forget_summaries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM summaries WHERE user_id = OLD.user_id AND OLD.id = ANY (notes);
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_summaries AFTER UPDATE OR DELETE ON notes FOR EACH ROW EXECUTE FUNCTION forget_summaries();
