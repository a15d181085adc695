-- What the beginning of a long conversation came to, and up to which message (by its position); `crowded` is a
-- conversation that has grown too long to be read whole since.

ALTER TABLE threads
    ADD COLUMN summary      text,
    ADD COLUMN summary_upto bigint  NOT NULL DEFAULT 0,
    ADD COLUMN crowded      boolean NOT NULL DEFAULT false;
CREATE INDEX threads_crowded ON threads (user_id, id) WHERE crowded;

-- The newest of what is remembered is read with every turn.
CREATE INDEX memories_standing ON memories (user_id, created_at DESC, id DESC)
    WHERE valid_until IS NULL AND proposed_by IS NULL;
