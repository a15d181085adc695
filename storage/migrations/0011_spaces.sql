-- An index of vectors for each embedder, made when its first vector is about to be kept: its width is known only then.
-- The application may not change tables: this function makes that one index for it, and nothing else. Wider vectors than
-- an index takes are compared one by one.
CREATE FUNCTION index_vectors(space text, width int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
        DECLARE
            named text := 'embeddings_nearest_' || md5(space || width);
        BEGIN
            IF space = 'minilm-l6-v2' OR width NOT BETWEEN 1 AND 4000 OR to_regclass('public.' || named) IS NOT NULL THEN
                RETURN;
            END IF;
            -- Of two that ask at once, the second one finds it made.
            PERFORM pg_advisory_xact_lock(hashtextextended(named, 0));
            EXECUTE format(
                'CREATE INDEX IF NOT EXISTS %I ON public.embeddings USING hnsw ((embedding::halfvec(%s)) halfvec_ip_ops)
                WHERE embedder = %L AND vector_dims(embedding) = %s', named, width, space, width
            );
        END
    $$;
REVOKE ALL ON FUNCTION index_vectors FROM PUBLIC;
GRANT EXECUTE ON FUNCTION index_vectors TO metacortex_app;

CREATE OR REPLACE FUNCTION nearest(
    asked halfvec, space text, most int,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET hnsw.iterative_scan = 'relaxed_order' SET hnsw.ef_search = 100 SET enable_nestloop = on SET enable_sort = off
    AS $$
        BEGIN
            -- The index is known by the name of the space and the width, both in the words of the statement. How many
            -- have that width the planner does not know, takes it for few, and would sort them.
            RETURN QUERY EXECUTE format(
                'SELECT chunks.id FROM embeddings
                JOIN chunks ON chunks.user_id = $1 AND chunks.id = chunk_id
                WHERE embeddings.user_id = $1 AND embedder = %1$L AND vector_dims(embedding) = %2$s
                    AND fits(
                        kind, tags, project, dated, series, words, $4, $5, $6, $7, $8, $9, $10, $11
                    )
                ORDER BY embedding::halfvec(%2$s) <#> $2 LIMIT $3', space, vector_dims(asked)
            ) USING nullif(current_setting('app.user_id', true), '')::uuid, asked, most,
                kinds, tags, project, since, until, only_in, not_in, phrase;
        END
    $$;
