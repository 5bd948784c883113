"""What people decided of mentions, put into their documents."""
