"""What a run may do to what is known: fields left out, wholesale changes, renamed ids, windows."""
