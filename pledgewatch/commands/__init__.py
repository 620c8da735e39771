"""One module a command; the command line imports the one it runs."""
