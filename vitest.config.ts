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
      {
        test: {
          // The bundled Worker in workerd against the local GitHub. Files run one by one: each starts its own workerd.
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          // Whole pull requests: the real Worker, judged by the real gate.
          name: "story",
          include: ["test/story/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
