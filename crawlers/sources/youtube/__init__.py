"""Videos of YouTube and the comments below them."""
