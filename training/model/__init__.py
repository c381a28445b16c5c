"""Makes `models/included/modelo/`: a small language model of our own, trained from nothing on what we wrote."""
