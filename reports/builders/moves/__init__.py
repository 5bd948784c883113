"""What a digest's move is made of: parts by source, place and theme."""
