import react from "@vitejs/plugin-react";
import { join } from "node:path";
import { defineConfig } from "vite";

/** Where `npm run dev -w ui` finds the service. The Host stays the browser's, so that checks of the Origin hold. */
const service = process.env["RETROGRADE_URL"] ?? "http://localhost:8871";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, "../dist/ui"),
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A data: address is no font's source under the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5173,
    proxy: {
      "/v1": service,
      "/ws": { target: service, ws: true },
      "/token": service,
      "/metrics": service,
    },
  },
});
