-- Search: passages of messages and entries too, the words around them, real BM25, and what is known of a collection.

-- The place of a word in a sparse vector. There are a billion: of ten thousand words hardly two share one.
CREATE FUNCTION place_of(word text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT (pg_catalog.hashtextextended(word, 0) & 4611686018427387903) % 1000000000 + 1 $$;

-- A day as people write it: to_char is not immutable.
CREATE FUNCTION in_words(day date) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT extract(day FROM day) || ' ' || (
            '{January,February,March,April,May,June,July,August,September,October,November,December}'::text[]
        )[extract(month FROM day)] || ' ' || extract(year FROM day)
    $$;

-- Own words are labelled A; those of the passages around them are not.
ALTER TABLE chunks DROP COLUMN words;
DROP FUNCTION words_of(text, text, text[]);
CREATE FUNCTION words_of(
    kind text, title text, path text, body text, tags text[], speaker text, dated date, context text
) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT setweight(to_tsvector('pg_catalog.english', concat_ws(
            ' ', title, path, body, array_to_string(tags, ' '), speaker,
            CASE WHEN kind IN ('message', 'entry') THEN in_words(dated) END
        )), 'A') || to_tsvector('pg_catalog.english', context)
    $$;

-- How much each word weighs in its passage, as in BM25 (k1 1.2, b 0.75, a usual length of 80); a word around it counts
-- 0.6. How rare a word is stands in the query, so that nothing is weighed again as a collection grows.
CREATE FUNCTION weights_of(words tsvector) RETURNS sparsevec
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        WITH counted AS (
            SELECT place_of(lexeme) AS place, sum(coalesce(
                (SELECT sum(CASE label WHEN 'A' THEN 1 ELSE 0.6 END) FROM unnest(weights) AS label), 1
            ))::float8 AS times
            FROM unnest(words)
            GROUP BY 1
        )
        SELECT (
            '{' || coalesce(string_agg(place || ':' || (
                times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / 80))
            )::real, ','), '') || '}/1000000000'
        )::sparsevec
        FROM counted CROSS JOIN (SELECT sum(times) AS length FROM counted) AS whole
    $$;

-- `path` are the headings above a piece of a note. A series is what passages stand in one after the other: a thread, or their source. `place` is a message's in its thread,
-- else 0. What `waits` has no embedding yet, or one of other words.
ALTER TABLE chunks
    ADD COLUMN path       text NOT NULL DEFAULT '',
    ADD COLUMN context    text NOT NULL DEFAULT '',
    ADD COLUMN project    text,
    ADD COLUMN place      bigint NOT NULL DEFAULT 0,
    ADD COLUMN thread_id  text,
    ADD COLUMN message_id text,
    ADD COLUMN speaker    text,
    ADD COLUMN waits      boolean NOT NULL DEFAULT true;
ALTER TABLE chunks
    ADD COLUMN series  uuid GENERATED ALWAYS AS (coalesce(md5(thread_id)::uuid, source_id)) STORED,
    ADD COLUMN words   tsvector GENERATED ALWAYS AS (
        words_of(kind, title, path, body, tags, speaker, dated, context)
    ) STORED,
    ADD COLUMN weights sparsevec GENERATED ALWAYS AS (
        weights_of(words_of(kind, title, path, body, tags, speaker, dated, context))
    ) STORED;
DROP INDEX chunks_of_source;
CREATE INDEX chunks_in_series ON chunks (user_id, series, place, ordinal);
CREATE INDEX chunks_waiting ON chunks (user_id, series, place, ordinal) WHERE waits;

-- What is known of all passages of a person: how many there were when their words were counted, the count of the rarest
-- word that was kept, the tags that nearly always stand together, and the embedder that has a vector of each passage.
CREATE TABLE collections (
    user_id     uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    passages    int NOT NULL DEFAULT 0,
    rarest      int NOT NULL DEFAULT 1,
    companions  jsonb NOT NULL DEFAULT '{}',
    embedder    text,
    switched_at timestamptz
);

-- The embedder that passages are given vectors of, by now. Read before a user is known: it is nobody's.
CREATE TABLE embedders (
    name  text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    -- There is one row.
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone)
);
GRANT SELECT, INSERT, UPDATE ON embedders TO metacortex_app;

-- In how many passages a word stands, in parts: a word is looked for in the part of its place, which is short.
CREATE TABLE word_counts (
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    part     smallint NOT NULL,
    passages sparsevec NOT NULL,
    PRIMARY KEY (user_id, part)
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['collections', 'word_counts'] LOOP
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


-- Which passages are looked through. Written so that the planner puts its body in place of a call.
CREATE FUNCTION fits(
    kind text, chunk_tags text[], chunk_project text, dated date, series uuid, words tsvector,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT kind = ANY(kinds)
            AND (tags IS NULL OR lower(chunk_tags::text)::text[] @> tags)
            AND (project IS NULL OR lower(chunk_project) = lower(project))
            AND (since IS NULL OR dated >= since)
            AND (until IS NULL OR dated < until)
            AND (only_in IS NULL OR series = only_in)
            AND (not_in IS NULL OR series <> not_in)
            AND (phrase IS NULL OR words @@ phrase)
    $$;

-- For those who have much: indexes, and functions that are planned for one person only when they are called. A vector's
-- width belongs to its embedder, hence an index for each.
CREATE INDEX chunks_words ON chunks USING gin (words);
CREATE INDEX embeddings_nearest ON embeddings
    USING hnsw ((embedding::halfvec(384)) halfvec_ip_ops) WHERE embedder = 'minilm-l6-v2';

CREATE FUNCTION nearest(
    asked halfvec, space text, most int,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET hnsw.iterative_scan = 'relaxed_order' SET hnsw.ef_search = 100 SET enable_nestloop = on
    AS $$
        BEGIN
            RETURN QUERY EXECUTE format(
                'SELECT chunks.id FROM embeddings
                JOIN chunks ON chunks.user_id = $1 AND chunks.id = chunk_id
                WHERE embeddings.user_id = $1 AND embedder = %L
                    AND fits(
                        kind, tags, project, dated, series, words, $4, $5, $6, $7, $8, $9, $10, $11
                    )
                ORDER BY embedding::halfvec(%s) <#> $2 LIMIT $3', space, vector_dims(asked)
            ) USING nullif(current_setting('app.user_id', true), '')::uuid, asked, most,
                kinds, tags, project, since, until, only_in, not_in, phrase;
        END
    $$;

-- Under a policy Postgres does not look up words in an index: their operator is not leak-proof. This function looks them
-- up for its owner, who may read all passages and nothing else; whose they are it takes from the transaction, never from
-- the caller, and it tells ids only. Roles belong to the whole cluster: other databases may be making the same one.
DO $$
BEGIN
    CREATE ROLE metacortex_words NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    EXECUTE format('GRANT metacortex_words TO %I', current_user);
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
CREATE FUNCTION matching(
    word tsquery, asked sparsevec, most int,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
        BEGIN
            RETURN QUERY EXECUTE
                'SELECT id FROM chunks
                WHERE user_id = $1 AND words @@ $2 AND fits(
                    kind, tags, project, dated, series, words, $5, $6, $7, $8, $9, $10, $11, $12
                )
                ORDER BY weights <#> $3 LIMIT $4'
                USING nullif(current_setting('app.user_id', true), '')::uuid, word, asked, most,
                    kinds, tags, project, since, until, only_in, not_in, phrase;
        END
    $$;
REVOKE ALL ON FUNCTION matching FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching TO metacortex_app;
GRANT SELECT ON chunks TO metacortex_words;
CREATE POLICY words ON chunks FOR SELECT TO metacortex_words USING (true);
-- An owner of functions must be allowed to create some, for as long as it takes to become one.
GRANT USAGE, CREATE ON SCHEMA public TO metacortex_words;
ALTER FUNCTION matching OWNER TO metacortex_words;
REVOKE CREATE ON SCHEMA public FROM metacortex_words;


-- What was said before is searched too, in pieces; the job that embeds looks for the words around them.
ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
ALTER TABLE chunks NO FORCE ROW LEVEL SECURITY;
INSERT INTO chunks (
    user_id, id, kind, source_id, ordinal, title, body, tags, dated, thread_id, message_id, place, speaker
)
SELECT user_id, gen_random_uuid(), 'message', md5(thread_id || E'\n' || id)::uuid, piece, '',
    substr(content, piece * 1500 + 1, 1500), '{}', created_at::date, thread_id, id, position, role
FROM messages CROSS JOIN LATERAL generate_series(0, (length(content) - 1) / 1500) AS piece
WHERE role IN ('user', 'assistant') AND NOT aside AND content ~ '\S';
INSERT INTO jobs (user_id, kind, due_at) SELECT id, 'embed', now() FROM users ON CONFLICT DO NOTHING;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE chunks FORCE ROW LEVEL SECURITY;
