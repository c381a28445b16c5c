"""`python -m reflexiona`."""

from reflexiona.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
