"""A platform with spare servers as processes on this host, and the proof that it survives the loss of each."""
