-- Models that are not asked for a while, since they failed; names and times only. One that is asked has no row.

CREATE TABLE breakers (
    model      text PRIMARY KEY,
    reason     text NOT NULL,
    times      integer NOT NULL,
    until      timestamptz NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON breakers TO metacortex_app;
