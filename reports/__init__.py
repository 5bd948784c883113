"""Reports: what people read. They read the index alone."""
