"""What makes a delivery unique, and the links by which a reader leaves a mailing."""
