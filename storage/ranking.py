"""How search finds and ranks: one statement for everybody, and one for what is near to a thing."""

from storage.embeddings import PARTS

MEANING = 0.53
"""The share of meaning in a score, beside that of words."""
FED_BACK = 0.35
"""The share of what is near to the first few that were found."""
FIRST_FEW = 3
SPEAKER = 0.2
FORM = 0.7
"""How much another form of a word of the query counts, as `went` for `go`."""
COMPANION = 0.5
"""How much a word counts that stands with a tag which the query names."""
TWIN = 0.97
"""From this cosine on two passages say the same; the second one counts half."""
CANDIDATES = 100
"""So many found by meaning, and by words, are ranked."""
EXACT_UNTIL = 2_000
"""So many passages of a person are compared one by one; with more of them indexes say which to compare."""
LOOKED_UP = 1_000
"""About so many passages are looked up by their words, a third of them by one that is rare."""
SELDOM = 200
"""Words that would stand together in no more passages than so many, did they not care for each other, are looked up."""
TOGETHER = 5
"""So many frequent words of a question, the rarest of them, are looked up where they stand together."""

# Words are weighed as in BM25: how much in its passage stands with it, how rare among all of the person's here.
# Where they have not been counted yet, they are counted on the spot.
ASKED = rf"""
    WITH RECURSIVE known AS MATERIALIZED (
        SELECT passages, rarest, companions, embedder FROM collections WHERE user_id = %(user_id)s AND passages > 0
    ), terms AS (
        SELECT place_of(lexeme) AS place, max(counts) AS counts, bool_or(is_said) AS is_said,
            ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS word
        FROM (
            SELECT lexeme, cardinality(positions)::float8 AS counts, true AS is_said
            FROM unnest(to_tsvector('english', %(query)s))
            UNION ALL SELECT lexeme, {FORM}, false FROM unnest(to_tsvector('english', %(forms)s))
            -- What a tag that is named mostly stands with.
            UNION ALL SELECT lexeme, {COMPANION}, false
            FROM known CROSS JOIN LATERAL jsonb_each_text(companions) AS companion (tag, tags)
                CROSS JOIN LATERAL unnest(to_tsvector('english', tags))
            WHERE to_tsvector('english', %(query)s) @@ plainto_tsquery('english', tag)
        ) AS named
        GROUP BY lexeme
    ), standing AS MATERIALIZED (
        SELECT terms.*, coalesce(
                (SELECT passages FROM known), (SELECT count(*) FROM chunks WHERE user_id = %(user_id)s)
            ) AS size, coalesce(
                (SELECT greatest(rarest, coalesce((
                    SELECT -(word_counts.passages <#> ('{{' || place || ':1}}/1000000000')::sparsevec) FROM word_counts
                    WHERE user_id = %(user_id)s AND part = place %% {PARTS}
                ), 0)) FROM known),
                (SELECT count(*) FROM chunks WHERE user_id = %(user_id)s AND words @@ word)
            ) AS times
        FROM terms
    ), rare AS MATERIALIZED (
        SELECT *, counts * ln(1 + (greatest(size - times, 0) + 0.5) / (times + 0.5)) AS weight,
            sum(times) OVER by_rarity <= {LOOKED_UP / 3:.0f}
                -- Of a question of one word no other form is another word that it could stand together with.
                OR is_all AND (is_said OR sum(times) OVER by_rarity <= {LOOKED_UP}) AS is_alone
        FROM (SELECT *, count(*) FILTER (WHERE is_said) OVER () < 2 AS is_all FROM standing) AS standing
        WINDOW by_rarity AS (ORDER BY times, place)
    ), frequent AS MATERIALIZED (
        SELECT word, times, size, row_number() OVER (ORDER BY times, place) AS nth
        FROM rare WHERE NOT is_alone AND size > {EXACT_UNTIL} ORDER BY nth LIMIT {TOGETHER}
    ), together AS (
        -- The fewest words that stand together seldom: no set of them holds another one.
        SELECT word, times AS about, nth FROM frequent
        UNION ALL
        SELECT together.word && frequent.word, about * times / size, frequent.nth
        FROM together JOIN frequent ON frequent.nth > together.nth
        WHERE about > {SELDOM}
    ), sets AS (
        -- Where there is little to look up, less rare ones are looked up too.
        SELECT word, sum(about) OVER by_rarity <= CASE WHEN about <= {SELDOM} THEN {LOOKED_UP} ELSE {LOOKED_UP // 2} END
            OR row_number() OVER by_rarity = 1 AND NOT EXISTS (SELECT FROM rare WHERE is_alone) AS is_looked_up
        FROM together WINDOW by_rarity AS (ORDER BY about, word)
    ), asked AS MATERIALIZED (
        SELECT l2_normalize(%(vector)s::halfvec) AS vector,
            ('{{' || coalesce(string_agg(place || ':' || weight::real, ','), '') || '}}/1000000000')::sparsevec
                AS weights,
            array_remove(
                string_agg(word::text, ' | ') FILTER (WHERE is_alone AND size > {EXACT_UNTIL})::tsquery
                    || ARRAY(SELECT word FROM sets WHERE is_looked_up), NULL
            ) AS words,
            coalesce((SELECT passages > {EXACT_UNTIL} AND NOT %(exactly)s FROM known), false) AS is_large,
            ' ' || regexp_replace(%(query)s, '\W+', ' ', 'g') || ' ' AS plain,
            (
                -- Only own words stand one after the other.
                SELECT string_agg(regexp_replace(exact::text, '(''([^'']|'''')+'')', '\1:A', 'g'), ' & ')::tsquery
                FROM unnest(%(phrases)s::text[]) AS phrase CROSS JOIN phraseto_tsquery('english', phrase) AS exact
                WHERE numnode(exact) > 0
            ) AS phrase
        FROM rare
    )"""
NARROWED = """%(kinds)s::text[], %(tags)s::text[], %(project)s::text, %(since)s::date, %(until)s::date,
                md5(%(thread_id)s)::uuid, md5(%(not_thread_id)s)::uuid, (SELECT phrase FROM asked)"""
# All passages of one who has few, of one who has many those that indexes name; of these the best by each leg.
LEGS = f""", near AS MATERIALIZED (
        SELECT id, kind, source_id, series, dated, speaker, weights FROM nearest_passages(
            (SELECT vector FROM asked), %(embedder)s, 3 * %(candidates)s / 2, {NARROWED}
        )
        WHERE (SELECT is_large AND vector IS NOT NULL FROM asked)
    ), indexed AS MATERIALIZED (
        SELECT * FROM near
        UNION ALL
        SELECT id, kind, source_id, series, dated, speaker, weights FROM chunks
        WHERE user_id = %(user_id)s AND id = ANY(ARRAY(
            SELECT id FROM matching(
                (SELECT words FROM asked), (SELECT weights FROM asked), %(candidates)s, {NARROWED}
            ) AS id
            WHERE (SELECT is_large AND words <> '{{}}' FROM asked)
            EXCEPT SELECT id FROM near
        ))
    ), compared AS MATERIALIZED (
        SELECT chunks.id, kind, source_id, series, dated, speaker,
            -(weights <#> (SELECT weights FROM asked)) AS lexical, cosine, embedding
        FROM chunks LEFT JOIN (
            SELECT chunk_id, embedding, -(embedding <#> (SELECT vector FROM asked)) AS cosine FROM embeddings
            WHERE user_id = %(user_id)s AND embedder = %(embedder)s AND NOT (SELECT is_large FROM asked)
        ) AS meant ON chunk_id = chunks.id
        WHERE user_id = %(user_id)s AND NOT (SELECT is_large FROM asked) AND fits(
            kind, tags, project, dated, series, words, {NARROWED}
        )
        UNION ALL
        SELECT id, kind, source_id, series, dated, speaker,
            -(weights <#> (SELECT weights FROM asked)) AS lexical, cosine, embedding
        FROM indexed LEFT JOIN (
            SELECT chunk_id, embedding, -(embedding <#> (SELECT vector FROM asked)) AS cosine FROM embeddings
            WHERE user_id = %(user_id)s AND embedder = %(embedder)s
                AND chunk_id = ANY(ARRAY(SELECT id FROM indexed))
        ) AS meant ON chunk_id = id
    ), least AS MATERIALIZED (
        SELECT coalesce((
            SELECT cosine FROM compared WHERE cosine IS NOT NULL ORDER BY cosine DESC LIMIT 1 OFFSET %(candidates)s - 1
        ), '-infinity') AS cosine, coalesce((
            SELECT lexical FROM compared WHERE lexical > 0 ORDER BY lexical DESC LIMIT 1 OFFSET %(candidates)s - 1
        ), 0) AS lexical
    ), legs AS MATERIALIZED (
        SELECT * FROM compared
        WHERE cosine >= (SELECT cosine FROM least) OR lexical > 0 AND lexical >= (SELECT lexical FROM least)
    )"""
# Each leg's scores are shares of the best one that was found. What is near to the first few found comes nearer; what
# says the same as a better one of another series steps back: what stands side by side shares its window.
RANKED = rf""", blended AS MATERIALIZED (
        SELECT *, CASE WHEN (SELECT vector IS NULL FROM asked) THEN {{lexical}}
            ELSE {1 - MEANING} * {{lexical}} + {MEANING} * {{cosine}} END AS blend
        FROM legs
    ), middle AS MATERIALIZED (
        SELECT l2_normalize(sum(
            embedding::vector * array_fill(blend::real, ARRAY[vector_dims(embedding)])::vector
        ))::halfvec AS vector
        FROM (SELECT * FROM blended WHERE embedding IS NOT NULL ORDER BY blend DESC, id LIMIT {FIRST_FEW}) AS first
        WHERE (SELECT vector IS NOT NULL FROM asked)
    ), drawn AS (
        SELECT blended.*, -(embedding <#> (SELECT vector FROM middle)) AS nearness FROM blended
    ), named AS (
        SELECT CASE WHEN count(*) = 1 THEN min(speaker) END AS speaker
        FROM (SELECT DISTINCT speaker FROM legs WHERE speaker IS NOT NULL OFFSET 0) AS speaking
        WHERE strpos((SELECT plain FROM asked), ' ' || regexp_replace(speaker, '\W+', ' ', 'g') || ' ') > 0
    ), scored AS (
        SELECT id, kind, source_id, series, dated, speaker, lexical, cosine, embedding,
            CASE WHEN (SELECT vector IS NULL FROM middle) THEN blend
                ELSE {1 - FED_BACK} * blend + {FED_BACK} * {{nearness}} END
            + CASE WHEN speaker = (SELECT speaker FROM named) THEN {SPEAKER} ELSE 0 END AS score
        FROM drawn
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY source_id ORDER BY score DESC, id) AS nth FROM scored
        WHERE lexical > 0 OR cosine > 0
    ), first AS MATERIALIZED (
        SELECT * FROM placed WHERE nth = 1 ORDER BY score DESC, id LIMIT 2 * %(limit)s + 10
    ), best AS (
        SELECT *, score * CASE WHEN EXISTS (
            SELECT FROM first AS better
            WHERE (better.score, better.id) > (first.score, first.id) AND better.series <> first.series
                AND -(better.embedding <#> first.embedding) >= {TWIN}
        ) THEN 0.5 ELSE 1 END AS rank
        FROM first ORDER BY rank DESC, id LIMIT %(limit)s
    )"""
AROUND = """ARRAY(
            SELECT body FROM (
                SELECT body, place, ordinal FROM chunks
                WHERE user_id = %(user_id)s AND series = chunk.series
                    AND (place, ordinal) {side} (chunk.place, chunk.ordinal)
                ORDER BY place {order}, ordinal {order} LIMIT %(neighbours)s
            ) AS near ORDER BY place, ordinal
        ) AS {name}"""
ALONE = "'{}'::text[] AS before, '{}'::text[] AS after"
AMONG_OTHERS = ", ".join(
    AROUND.format(side=side, order=order, name=name)
    for side, order, name in (("<", "DESC", "before"), (">", "ASC", "after"))
)
SHOWN = """
    SELECT waiting.passages AS waiting, (SELECT embedder FROM known) AS space, best.id, best.kind, best.source_id,
        best.dated, best.speaker, lexical, cosine,
        rank, path, body, ordinal, thread_id, message_id, {around},
        strpos(CASE best.kind
            WHEN 'note' THEN (SELECT notes.body FROM notes WHERE user_id = %(user_id)s AND id = best.source_id)
            WHEN 'task' THEN (SELECT tasks.body FROM tasks WHERE user_id = %(user_id)s AND id = best.source_id)
            WHEN 'memory' THEN (SELECT text FROM memories WHERE user_id = %(user_id)s AND id = best.source_id)
            WHEN 'message' THEN (
                SELECT content FROM messages
                WHERE user_id = %(user_id)s AND messages.thread_id = chunk.thread_id AND messages.id = chunk.message_id
            )
        END, chunk.body) AS standing,
        CASE WHEN best.kind = 'message' THEN (
            SELECT coalesce(threads.title, '') FROM threads
            WHERE threads.user_id = %(user_id)s AND threads.id = thread_id
        ) ELSE title END AS title
    FROM (
        SELECT CASE WHEN (SELECT embedder = %(embedder)s FROM known) IS NOT FALSE
            THEN (SELECT count(*) FROM chunks WHERE user_id = %(user_id)s AND waits)
            ELSE (SELECT count(*) FROM chunks WHERE user_id = %(user_id)s)
                - (SELECT count(*) FROM embeddings WHERE user_id = %(user_id)s AND embedder = %(embedder)s)
        END AS passages
    ) AS waiting
    LEFT JOIN best ON true
    LEFT JOIN LATERAL (
        SELECT * FROM chunks WHERE user_id = %(user_id)s AND id = best.id OFFSET 0
    ) AS chunk ON true
    ORDER BY rank DESC, best.id
"""
_SHARE = "coalesce({0} / nullif(greatest(max({0}) OVER (), 0), 0), 0)"
_LOOK = ASKED + LEGS + RANKED.format(**{name: _SHARE.format(name) for name in ("lexical", "cosine", "nearness")})
LOOK = _LOOK + SHOWN.format(around=ALONE)
LOOK_AROUND = _LOOK + SHOWN.format(around=AMONG_OTHERS)
# Things of the same kind, by the mean of what is known of their passages, in the space where all have a vector.
SIMILAR = f"""
    WITH space AS MATERIALIZED (
        SELECT coalesce((SELECT embedder FROM collections WHERE user_id = %(user_id)s), %(embedder)s) AS name
    ), own AS MATERIALIZED (
        SELECT l2_normalize(sum(embedding::vector))::halfvec AS vector
        FROM chunks JOIN embeddings ON embeddings.user_id = %(user_id)s AND chunk_id = chunks.id
        WHERE chunks.user_id = %(user_id)s AND series = %(id)s AND embedder = (SELECT name FROM space)
    ), near AS MATERIALIZED (
        SELECT DISTINCT ON (source_id) chunk.*, -(embedding <#> (SELECT vector FROM own)) AS cosine
        FROM nearest_passages(
            (SELECT vector FROM own), (SELECT name FROM space), 5 * {CANDIDATES} + %(limit)s, ARRAY[%(kind)s::text],
            NULL, NULL, NULL, NULL, NULL, %(id)s, NULL
        ) AS chunk
        CROSS JOIN LATERAL (
            SELECT embedding FROM embeddings
            WHERE user_id = %(user_id)s AND chunk_id = chunk.id AND embedder = (SELECT name FROM space) OFFSET 0
        ) AS meant
        WHERE (SELECT vector IS NOT NULL FROM own)
        ORDER BY source_id, cosine DESC
    )
    SELECT near.*, cosine AS rank, 0 AS lexical, '{{}}'::text[] AS before, '{{}}'::text[] AS after FROM near
    ORDER BY cosine DESC, id LIMIT %(limit)s
"""
