import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          // A long run draws many more examples; a slow machine is no reason to fail a short one.
          testTimeout: process.env.SLUICE_LONG ? 3_600_000 : 30_000,
          include: ["test/**/*.test.ts"],
          exclude: ["test/worker/**", "test/story/**", "node_modules/**"],
        },
      },
    ],
  },
});
