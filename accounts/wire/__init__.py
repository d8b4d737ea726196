"""The JSON shapes of this room, the same over REST and WebSocket. Money is a string, times are UTC."""
