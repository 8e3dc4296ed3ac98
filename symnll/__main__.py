"""`python -m symnll`."""

from symnll.cli import main

if __name__ == "__main__":
    main()
