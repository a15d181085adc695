"""Logs: configured once, one line an event on stderr, never a person's words."""

import logging


def configure(level: int = logging.INFO) -> None:
    """Set up the standard logging of the process; libraries speak from warnings up."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("metacortex").setLevel(level)
    # The pool reports each failed reconnect as a warning; what fails for it is told by whoever needed it.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
