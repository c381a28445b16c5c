"""One turn, stage by stage: read, retrieve, reflect, plan, draft."""
