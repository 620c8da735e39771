"""The subcommands of `pledgewatch grafana`, a module each."""
