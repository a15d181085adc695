"""Ways to talk to the agent, one file each."""
