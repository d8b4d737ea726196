"""Payment providers. Nothing here touches the database: services call it between transactions."""
