-- Of each number of a vector its sign, beside the ids in the index, where those of a person are read side by side: how
-- many differ tells which vectors are worth comparing.
ALTER TABLE embeddings
    ADD COLUMN signs bit varying NOT NULL GENERATED ALWAYS AS (binary_quantize(embedding)) STORED,
    DROP CONSTRAINT embeddings_pkey,
    ADD PRIMARY KEY (user_id, chunk_id, embedder) INCLUDE (signs);

-- The graph of a part of the people is walked until enough of one of them are found: the fewer of it are theirs, the
-- longer. Where that is more work than to compare all their signs, these are compared.
CREATE OR REPLACE FUNCTION nearest(
    asked halfvec, space text, most int,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET hnsw.iterative_scan = 'relaxed_order' SET hnsw.ef_search = 300
    SET enable_nestloop = on SET enable_sort = off SET enable_bitmapscan = off SET enable_seqscan = off
    AS $$
        #variable_conflict use_column
        DECLARE
            me    uuid := nullif(current_setting('app.user_id', true), '')::uuid;
            mine  float8 := (SELECT passages FROM collections WHERE user_id = me);
            -- Fewer than nobody are said to be in a table that nothing is known of yet.
            whole float8 := (
                SELECT greatest(reltuples, mine) FROM pg_class
                WHERE oid = (SELECT tableoid FROM embeddings WHERE user_id = me LIMIT 1)
            );
            width  int := vector_dims(asked);
            -- Once, and not for each row.
            like_it bit varying := binary_quantize(asked);
            wanted int;
            near   uuid[];
            found  uuid[];
        BEGIN
            IF mine * mine > 12500 * whole THEN
                -- The index is known by the name of the space and the width, both in the words of the statement. How
                -- many have that width the planner does not know, takes it for few, and would sort them.
                RETURN QUERY EXECUTE format(
                    'SELECT chunks.id FROM embeddings
                    JOIN chunks ON chunks.user_id = $1 AND chunks.id = chunk_id
                    WHERE embeddings.user_id = $1 AND embedder = %1$L AND vector_dims(embedding) = %2$s
                        AND fits(
                            kind, tags, project, dated, series, words, $4, $5, $6, $7, $8, $9, $10, $11
                        )
                    ORDER BY embedding::halfvec(%2$s) <#> $2 LIMIT $3', space, width
                ) USING me, asked, most, kinds, tags, project, since, until, only_in, not_in, phrase;
                RETURN;
            END IF;
            FOREACH wanted IN ARRAY ARRAY[most, 10 * most, NULL] LOOP
                near := ARRAY(
                    SELECT chunk_id FROM embeddings
                    WHERE user_id = me AND embedder = space AND length(signs) = width
                    ORDER BY signs <~> like_it LIMIT wanted
                );
                found := ARRAY(
                    SELECT id FROM chunks WHERE user_id = me AND id = ANY(near) AND fits(
                        kind, chunks.tags, chunks.project, dated, series, words, nearest.kinds, nearest.tags,
                        nearest.project, nearest.since, nearest.until, only_in, not_in, phrase
                    )
                );
                -- Half are enough to choose from.
                EXIT WHEN cardinality(found) >= most / 2 OR cardinality(near) < wanted;
            END LOOP;
            RETURN QUERY SELECT unnest(found);
        END
    $$;
