"""What becomes of an announcement: an alert that somebody owns, told to those on duty until it is dealt with."""
