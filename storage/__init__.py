"""Where things are kept: all SQL, the migrations and the embedded Postgres."""
