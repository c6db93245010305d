"""Lets `python -m gonogo` be the command line."""

from gonogo.entrypoints.cli import main

if __name__ == "__main__":
    main()
