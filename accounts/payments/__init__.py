"""Those who take payments in for us. Nothing here touches the database: services call it between transactions."""
