"""Commands that replace those of libraries: this app stands before them."""
