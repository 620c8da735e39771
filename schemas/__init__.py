"""What goes over the wire: events, announcements and ledger records, with their refusals."""
