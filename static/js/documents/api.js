/* The page /api/docs: Swagger UI shows the description of the API. Its answers come from this server alone. */

import { find } from "../core/elements.js";

const place = find(document, "[data-schema]", HTMLElement);
document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);
/** @type {any} Swagger UI is no module: it leaves itself on the window. */
const page = window;
page.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
});
