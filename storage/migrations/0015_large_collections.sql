-- Words are looked up in lists of their own for each person: in those of everybody one who has much makes the others
-- wait. So each word begins with some letters of its person; whose a passage is says its column, as everywhere.
CREATE FUNCTION owned(user_id uuid, words tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT array_to_tsvector(string_to_array(
            owner || array_to_string(tsvector_to_array(words), E'\x1f' || owner), E'\x1f'
        ))
        FROM left(md5(user_id::text), 6) AS owner
    $$;
-- In a tsquery's text each word stands between quotes.
CREATE FUNCTION owned(user_id uuid, words tsquery) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT regexp_replace(
            words::text, '''(([^'']|'''')+)''', '''' || left(md5(user_id::text), 6) || '\1''', 'g'
        )::tsquery
    $$;
DROP INDEX chunks_words;
CREATE INDEX chunks_words ON chunks USING gin (owned(user_id, words));

-- What fits any of several queries: a list for each and their union are read sooner than one query of many words. The
-- one of before, of one query, stays for processes of before; it reads all passages of the person.
CREATE FUNCTION matching(
    asked_words tsquery[], asked sparsevec, most int,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
    -- Lists of words are of one person already: they are not to be compared with the list of all that he has.
    SET cpu_index_tuple_cost = 1 SET enable_seqscan = off
    AS $$
        DECLARE
            me uuid := nullif(current_setting('app.user_id', true), '')::uuid;
        BEGIN
            RETURN QUERY EXECUTE format(
                'SELECT id FROM chunks
                WHERE user_id = $1 AND (%s) AND fits(
                    kind, tags, project, dated, series, words, $5, $6, $7, $8, $9, $10, $11, $12
                )
                ORDER BY weights <#> $3 LIMIT $4', (
                    SELECT string_agg(format('owned(user_id, words) @@ $2[%s]', nth), ' OR ')
                    FROM generate_subscripts(asked_words, 1) AS nth
                )
            ) USING me, ARRAY(SELECT owned(me, each) FROM unnest(asked_words) AS each), asked, most,
                kinds, tags, project, since, until, only_in, not_in, phrase;
        END
    $$;
REVOKE ALL ON FUNCTION matching(
    tsquery[], sparsevec, int, text[], text[], text, date, date, uuid, uuid, tsquery
) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching(
    tsquery[], sparsevec, int, text[], text[], text, date, date, uuid, uuid, tsquery
) TO metacortex_app;
-- An owner of functions must be allowed to create some, for as long as it takes to become one.
GRANT CREATE ON SCHEMA public TO metacortex_words;
ALTER FUNCTION matching(
    tsquery[], sparsevec, int, text[], text[], text, date, date, uuid, uuid, tsquery
) OWNER TO metacortex_words;
REVOKE CREATE ON SCHEMA public FROM metacortex_words;

-- As `nearest`, which stays for processes of before; it tells the passages it has read, not their ids alone. The graph is
-- asked only where it is the shorter way by now: signs are counted sooner, for no more of them are sorted than a sample
-- says are needed.
CREATE FUNCTION nearest_passages(
    asked halfvec, space text, most int,
    kinds text[], tags text[], project text, since date, until date, only_in uuid, not_in uuid, phrase tsquery
) RETURNS SETOF chunks
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
            far    float8;
            near   uuid[];
            seen   int := 0;
            more   int;
            found  int := 0;
        BEGIN
            IF mine * mine > 40000 * whole THEN
                -- The index is known by the name of the space and the width, both in the words of the statement. How
                -- many have that width the planner does not know, takes it for few, and would sort them.
                RETURN QUERY EXECUTE format(
                    'SELECT chunks.* FROM embeddings
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
                -- Ids are spread evenly. Of a sixteenth of them twice as many as are wanted differ less than this.
                far := (
                    SELECT signs <~> like_it FROM embeddings
                    WHERE user_id = me AND chunk_id < '10000000-0000-0000-0000-000000000000'
                        AND embedder = space AND length(signs) = width AND wanted IS NOT NULL
                    ORDER BY signs <~> like_it OFFSET wanted / 8 LIMIT 1
                );
                near := ARRAY(
                    SELECT chunk_id FROM embeddings
                    WHERE user_id = me AND embedder = space AND length(signs) = width
                        AND signs <~> like_it <= coalesce(far, 'infinity')
                    ORDER BY signs <~> like_it, chunk_id OFFSET seen LIMIT wanted - seen
                );
                RETURN QUERY SELECT chunks.* FROM chunks
                    WHERE user_id = me AND id = ANY(near) AND fits(
                        kind, chunks.tags, chunks.project, dated, series, words, nearest_passages.kinds,
                        nearest_passages.tags, nearest_passages.project, nearest_passages.since,
                        nearest_passages.until, only_in, not_in, phrase
                    );
                GET DIAGNOSTICS more = ROW_COUNT;
                found := found + more;
                -- Half are enough to choose from.
                EXIT WHEN found >= most / 2;
                seen := seen + cardinality(near);
            END LOOP;
        END
    $$;
