"""The JSON shapes of this room, the same over REST and WebSocket. Money and prices are strings, times are UTC."""
