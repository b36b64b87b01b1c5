"""`python -m csatkit` is `csatkit`."""

from csatkit.cli.app import main

if __name__ == "__main__":
    main()
