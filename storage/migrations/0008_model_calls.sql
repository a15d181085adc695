-- What language models cost: each call, what was spent by day, and what is reserved for calls under way.

-- One attempt at one model; it outlives the thread it was made in. `cost` is in US dollars, NULL where no price is known.
CREATE TABLE model_calls (
    user_id              uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id                   uuid NOT NULL,
    tenant_id            uuid NOT NULL REFERENCES tenants,
    thread_id            text,
    run_id               text,
    purpose              text NOT NULL,
    model                text NOT NULL,
    answered_by          text,
    prompt               text NOT NULL,
    tools_hash           text NOT NULL,
    input_tokens         int NOT NULL,
    output_tokens        int NOT NULL,
    cached_tokens        int NOT NULL,
    cache_written_tokens int NOT NULL,
    reasoning_tokens     int NOT NULL,
    is_estimated         boolean NOT NULL,
    cost                 numeric,
    outcome              text NOT NULL,
    failure              text,
    started_at           timestamptz NOT NULL,
    first_token_ms       int,
    total_ms             int NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX model_calls_by_time ON model_calls (user_id, started_at);

-- Days are UTC. Only the functions below write these two.
CREATE TABLE spending (
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    is_background boolean NOT NULL,
    day           date NOT NULL,
    dollars       numeric NOT NULL,
    PRIMARY KEY (user_id, is_background, day)
);

-- What becomes of a call that was begun is not known until it is written; a reservation that nobody takes back counts.
CREATE TABLE reservations (
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id            uuid NOT NULL,
    tenant_id     uuid NOT NULL REFERENCES tenants,
    is_background boolean NOT NULL,
    dollars       numeric NOT NULL,
    reserved_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX reservations_of_tenant ON reservations (tenant_id, is_background, reserved_at);

-- The sum of all users of a tenant, in sixteen parts, so that they do not wait for one another's rows. It stays when one
-- of them is erased, and is nobody's: the application's role has no right to it.
CREATE TABLE tenant_spending (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    is_background boolean NOT NULL,
    day           date NOT NULL,
    part          smallint NOT NULL,
    dollars       numeric NOT NULL,
    PRIMARY KEY (tenant_id, is_background, day, part)
);

-- An answer of a model to work behind the scenes, by a hash of all that it was asked.
CREATE TABLE kept_answers (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    hash        bytea NOT NULL,
    text        text NOT NULL,
    answered_by text,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, hash)
);
CREATE INDEX kept_answers_by_time ON kept_answers (user_id, created_at);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['model_calls', 'spending', 'reservations', 'kept_answers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format(
            'CREATE POLICY owner ON %I USING (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid) '
            'WITH CHECK (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid)', guarded
        );
    END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON model_calls TO metacortex_app;
GRANT SELECT, DELETE ON spending, reservations TO metacortex_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON kept_answers TO metacortex_app;

-- What explains an answer: the last prompt, tools and model of the run, and the sum of its calls. A cost of NULL is one
-- that is not known.
ALTER TABLE runs
    ADD COLUMN prompt        text,
    ADD COLUMN tools_hash    text,
    ADD COLUMN answered_by   text,
    ADD COLUMN input_tokens  bigint NOT NULL DEFAULT 0,
    ADD COLUMN output_tokens bigint NOT NULL DEFAULT 0,
    ADD COLUMN cached_tokens bigint NOT NULL DEFAULT 0,
    ADD COLUMN cost          numeric DEFAULT 0;


-- These functions run as a role that may sum up what a tenant's users spend. For whom, they take from the transaction,
-- and the tenant from `users`; never from the caller. Roles belong to the whole cluster: others may be making the same.
DO $$
BEGIN
    CREATE ROLE metacortex_money NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    EXECUTE format('GRANT metacortex_money TO %I', current_user);
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;

-- What a budget's period has seen: `wanted` is an array of {is_tenants, is_background, since}, `place` counts from 1.
CREATE FUNCTION spent_of(wanted jsonb) RETURNS TABLE (place int, spent numeric, reserved numeric)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
        DECLARE
            me   uuid := nullif(current_setting('app.user_id', true), '')::uuid;
            ours uuid := (SELECT tenant_id FROM users WHERE id = me);
        BEGIN
            RETURN QUERY SELECT asked.place::int,
                CASE WHEN asked.is_tenants THEN (
                    SELECT coalesce(sum(dollars), 0) FROM tenant_spending AS known
                    WHERE known.tenant_id = ours AND known.is_background = asked.is_background
                        AND day >= (since AT TIME ZONE 'UTC')::date
                ) ELSE (
                    SELECT coalesce(sum(dollars), 0) FROM spending AS known
                    WHERE known.user_id = me AND known.is_background = asked.is_background
                        AND day >= (since AT TIME ZONE 'UTC')::date
                ) END,
                CASE WHEN asked.is_tenants THEN (
                    SELECT coalesce(sum(dollars), 0) FROM reservations AS held
                    WHERE held.tenant_id = ours AND held.is_background = asked.is_background AND reserved_at >= since
                ) ELSE (
                    SELECT coalesce(sum(dollars), 0) FROM reservations AS held
                    WHERE held.user_id = me AND held.is_background = asked.is_background AND reserved_at >= since
                ) END
            FROM ROWS FROM (
                jsonb_to_recordset(wanted) AS (is_tenants boolean, is_background boolean, since timestamptz)
            ) WITH ORDINALITY AS asked (is_tenants, is_background, since, place);
        END
    $$;

-- Reserves `most` dollars where each budget in `wanted` (as above, with its `dollars`) has room for them, and tells how
-- they stood before. VOLATILE, so that what is read after the lock includes all that others reserved before it. The
-- locks hold up nobody but those who reserve: a call that tells its price never waits for them.
CREATE FUNCTION reserve_spending(call uuid, background boolean, most numeric, at timestamptz, wanted jsonb)
    RETURNS TABLE (place int, spent numeric, reserved numeric, is_granted boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
        DECLARE
            me       uuid := nullif(current_setting('app.user_id', true), '')::uuid;
            ours     uuid := (SELECT tenant_id FROM users WHERE id = me);
            standing jsonb;
        BEGIN
            -- Nobody waits for the disk: what a power cut takes was reserved for a call that it cut off too.
            PERFORM set_config('synchronous_commit', 'off', true);
            PERFORM pg_advisory_xact_lock(hashtextextended('spending of user ' || me, 0));
            IF jsonb_path_exists(wanted, '$[*].is_tenants ? (@ == true)') THEN
                PERFORM pg_advisory_xact_lock(hashtextextended('spending of tenant ' || ours, 0));
            END IF;
            SELECT jsonb_agg(known), every(
                known.spent + known.reserved + most <= (wanted -> known.place - 1 ->> 'dollars')::numeric
            )
            INTO standing, is_granted
            FROM spent_of(wanted) AS known;
            IF is_granted THEN
                INSERT INTO reservations (user_id, id, tenant_id, is_background, dollars, reserved_at)
                VALUES (me, call, ours, background, most, at);
            END IF;
            RETURN QUERY SELECT known.place, known.spent, known.reserved, is_granted
            FROM jsonb_to_recordset(standing) AS known (place int, spent numeric, reserved numeric);
        END
    $$;

-- Each call that is written counts once: to its user, to their tenant and to its run; its reservation is taken back.
-- What was reserved and has no known price costs what was reserved.
CREATE FUNCTION count_model_calls() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
        BEGIN
            WITH freed AS (
                DELETE FROM reservations USING made
                WHERE reservations.user_id = made.user_id AND reservations.id = made.id
                RETURNING reservations.user_id, reservations.id, reservations.dollars, reserved_at
            ), counted AS (
                SELECT made.user_id, tenant_id, purpose <> 'turn' AS is_background,
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
                    (array_agg(nullif(prompt, '') ORDER BY started_at DESC))[1] AS prompt,
                    (array_agg(nullif(tools_hash, '') ORDER BY started_at DESC))[1] AS tools_hash,
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
CREATE TRIGGER count_model_calls AFTER INSERT ON model_calls REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION count_model_calls();

GRANT SELECT ON users TO metacortex_money;
GRANT SELECT, INSERT, UPDATE ON spending, tenant_spending TO metacortex_money;
GRANT SELECT, INSERT, DELETE ON reservations TO metacortex_money;
GRANT SELECT (user_id, id, prompt, tools_hash, answered_by, input_tokens, output_tokens, cached_tokens, cost),
    UPDATE (prompt, tools_hash, answered_by, input_tokens, output_tokens, cached_tokens, cost)
    ON runs TO metacortex_money;
CREATE POLICY money ON reservations FOR SELECT TO metacortex_money USING (true);
REVOKE ALL ON FUNCTION spent_of, reserve_spending, count_model_calls FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spent_of, reserve_spending TO metacortex_app;
-- An owner of functions must be allowed to create some, for as long as it takes to become one.
GRANT USAGE, CREATE ON SCHEMA public TO metacortex_money;
ALTER FUNCTION spent_of OWNER TO metacortex_money;
ALTER FUNCTION reserve_spending OWNER TO metacortex_money;
ALTER FUNCTION count_model_calls OWNER TO metacortex_money;
REVOKE CREATE ON SCHEMA public FROM metacortex_money;
