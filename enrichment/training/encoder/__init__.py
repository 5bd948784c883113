"""Training the encoder: data, network, losses, schedule, and the graph that ships."""
