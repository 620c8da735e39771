"""`python -m pledgewatch`."""

from pledgewatch.cli import main

if __name__ == "__main__":
    main()
