"""The subcommands of `pledgewatch alerting`, a module each."""
