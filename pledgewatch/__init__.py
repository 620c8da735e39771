"""The command line: settings, logs, and the commands that put the rest together."""
