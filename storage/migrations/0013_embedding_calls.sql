-- Embeddings are paid for too: of what somebody looks for by the budgets of turns, of what was written by the others.
-- Processes of before do not say which; they write no embeddings.
ALTER TABLE model_calls ADD COLUMN is_background boolean;

-- Each call that is written counts once: to its user, to their tenant and to its run; its reservation is taken back.
-- What was reserved and has no known price costs what was reserved. A run names the prompt that a model has read.
CREATE OR REPLACE FUNCTION count_model_calls() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
        BEGIN
            WITH freed AS (
                DELETE FROM reservations USING made
                WHERE reservations.user_id = made.user_id AND reservations.id = made.id
                RETURNING reservations.user_id, reservations.id, reservations.dollars, reserved_at
            ), counted AS (
                SELECT made.user_id, tenant_id, coalesce(made.is_background, purpose <> 'turn') AS is_background,
                    (coalesce(reserved_at, started_at) AT TIME ZONE 'UTC')::date AS day,
                    sum(coalesce(cost, freed.dollars)) AS dollars
                FROM made LEFT JOIN freed USING (user_id, id)
                GROUP BY 1, 2, 3, 4
                HAVING sum(coalesce(cost, freed.dollars)) > 0
                ORDER BY 1, 2, 3, 4
            ), own AS (
                INSERT INTO spending (user_id, is_background, day, dollars)
                SELECT user_id, is_background, day, dollars FROM counted
                ON CONFLICT (user_id, is_background, day) DO UPDATE SET dollars = spending.dollars + excluded.dollars
            )
            INSERT INTO tenant_spending AS known (tenant_id, is_background, day, part, dollars)
            SELECT tenant_id, is_background, day, (hashtextextended(user_id::text, 0) & 15)::smallint,
                dollars FROM counted
            ON CONFLICT (tenant_id, is_background, day, part) DO UPDATE SET dollars = known.dollars + excluded.dollars;

            UPDATE runs SET
                prompt = coalesce(told.prompt, runs.prompt), tools_hash = coalesce(told.tools_hash, runs.tools_hash),
                answered_by = coalesce(told.answered_by, runs.answered_by),
                input_tokens = runs.input_tokens + told.input_tokens,
                output_tokens = runs.output_tokens + told.output_tokens,
                cached_tokens = runs.cached_tokens + told.cached_tokens,
                cost = runs.cost + told.cost
            FROM (
                SELECT user_id, run_id, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
                    sum(cached_tokens) AS cached_tokens, CASE WHEN every(cost IS NOT NULL) THEN sum(cost) END AS cost,
                    (array_agg(nullif(prompt, '') ORDER BY started_at DESC)
                        FILTER (WHERE model <> 'offline' AND outcome <> 'failed'))[1] AS prompt,
                    (array_agg(nullif(tools_hash, '') ORDER BY started_at DESC)
                        FILTER (WHERE model <> 'offline' AND outcome <> 'failed'))[1] AS tools_hash,
                    (array_agg(coalesce(answered_by, model) ORDER BY started_at DESC)
                        FILTER (WHERE outcome = 'answered'))[1] AS answered_by
                FROM made
                WHERE purpose = 'turn'
                GROUP BY user_id, run_id
            ) AS told
            WHERE runs.user_id = told.user_id AND runs.id = told.run_id;
            RETURN NULL;
        END
    $$;
