"""Makes what `models/included` holds: data, code, one command a part. Not part of the package."""
