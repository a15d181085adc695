-- The hash of an upload, so that the same key with another one is noticed. Imports from before have none.

ALTER TABLE imports ADD COLUMN IF NOT EXISTS hash bytea NOT NULL DEFAULT '';
